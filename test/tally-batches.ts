import type { Log } from '../src/ports/log.ts';
import { decodeTallyRecord, talliesTopic } from '../src/topics/tallies.ts';

/** By partition: where each batch of a run ended, as the ledgers say that it has written to `tallies`. */
export async function batchEnds(log: Log, electionId: string, run: string, partitions: number): Promise<number[][]> {
  const topic = talliesTopic(electionId);
  const end = await log.end(topic, 0);
  const ends = Array.from({ length: partitions }, () => new Set<number>());
  for (let next = 0; next < end;) {
    const [fetched] = await log.fetch(topic, [next]);
    if (fetched === undefined) break;
    for (const record of fetched.records) {
      const decoded = decodeTallyRecord(record);
      if (decoded?.run === run && 'ledger' in decoded) ends[decoded.partition]!.add(decoded.ledger.position);
    }
    next = fetched.next;
  }
  return ends.map((some) => [...some].sort((one, other) => one - other));
}

/** The number of the batch in which a record was read. */
export function batchOf(ends: readonly number[], offset: number): number {
  return ends.findIndex((end) => offset < end);
}
