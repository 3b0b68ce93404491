import type { Log, NewRecord } from '../src/ports/log.ts';
import { encodeEvent } from '../src/topics/events.ts';
import { topicName } from '../src/topics/topics.ts';
import type { Corpus } from './truth-corpus.ts';

const APPEND_BYTES = 1024 * 1024;

/** Writes a corpus to an election that is defined and has no issue and no ballot yet. */
export async function fillCorpus(log: Log, electionId: string, { issues, records }: Corpus): Promise<void> {
  const events = topicName(electionId, 'events');
  for (const [number, runs] of issues.entries()) {
    const at = await log.end(events, 0);
    const upTo = runs.reduce((sum, [, count]) => sum + count, 0);
    const value = encodeEvent({ type: 'issued', at, source: `corpus-${number}`, upTo, runs });
    await log.append(events, 0, [{ value }]);
  }
  await writeRecords(log, electionId, records);
}

async function writeRecords(log: Log, electionId: string, records: Corpus['records']): Promise<void> {
  const ballots = topicName(electionId, 'ballots');
  const waiting = new Map<number, { records: NewRecord[]; bytes: number }>();
  for (const { partition, lines } of records) {
    const own = waiting.get(partition) ?? { records: [], bytes: 0 };
    const value = Buffer.from(`${lines.join('\n')}\n`);
    own.records.push({ value });
    own.bytes += value.length;
    waiting.set(partition, own);
    if (own.bytes < APPEND_BYTES) continue;
    await log.append(ballots, partition, own.records);
    waiting.delete(partition);
  }
  for (const [partition, own] of waiting) await log.append(ballots, partition, own.records);
}
