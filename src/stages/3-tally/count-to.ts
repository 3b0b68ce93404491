import type { Tally } from '../../election/tally.ts';
import type { Log } from '../../ports/log.ts';
import { createLifeReader } from '../../lifecycle/life-reader.ts';
import type { Life } from '../../topics/life.ts';
import type { Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import { Counter } from './count.ts';
import { stepBytes } from './step-bytes.ts';

/** The tally of just the records below a position, by the in-process engine's fold. */
export async function countTo(
  log: Log,
  electionId: string,
  to: Position,
  signal?: AbortSignal,
): Promise<{ readonly tally: Tally; readonly life: Life }> {
  const reader = createLifeReader(log, electionId);
  await reader.catchUp(to.events);
  const counter = new Counter(reader.life);
  const topic = topicName(electionId, 'ballots');
  const next = to.ballots.map(() => 0);
  for (;;) {
    signal?.throwIfAborted();
    const from = next.map((offset, partition) => (offset < to.ballots[partition]! ? offset : -1));
    const fetched = await log.fetch(topic, from, { maxBytes: stepBytes(from.length) });
    if (fetched.length === 0) return { tally: counter.tally(), life: reader.life };
    for (const { partition, records, next: after } of fetched) {
      next[partition] = after;
      for (const record of records) {
        if (record.offset < to.ballots[partition]!) counter.fold(partition, record.offset, record.value);
      }
    }
  }
}
