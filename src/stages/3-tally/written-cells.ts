import type { Log } from '../../ports/log.ts';
import { decodeTallyRecord, talliesTopic, type TallyRecord } from '../../topics/tallies.ts';
import type { ClusterCells } from './cluster-cells.ts';

/**
 * Takes the cells of a run that `tallies` holds now; resolves with the next offset. What is there is compacted, so that only
 * all of it together is a count.
 */
export async function takeWrittenCells(
  log: Log,
  electionId: string,
  run: string,
  cells: ClusterCells,
): Promise<number> {
  const topic = talliesTopic(electionId);
  const end = await log.end(topic, 0);
  const newest = new Map<string, TallyRecord>();
  let next = 0;
  while (next < end) {
    const [fetched] = await log.fetch(topic, [next]);
    if (fetched === undefined) break;
    for (const record of fetched.records) {
      const decoded = decodeTallyRecord(record);
      if (decoded?.run === run) newest.set(record.key!, decoded);
    }
    next = fetched.next;
  }
  // The ledgers last: until they are there, nothing adds up.
  for (const record of newest.values()) if (!('ledger' in record)) cells.take(record);
  for (const record of newest.values()) if ('ledger' in record) cells.take(record);
  return next;
}
