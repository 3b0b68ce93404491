import type { Log } from '../../ports/log.ts';
import { decodeTallyRecord, talliesTopic, type TallyRecord } from '../../topics/tallies.ts';
import type { Life } from '../../topics/life.ts';
import { ClusterCells } from './cluster-cells.ts';

type CellsOf = Pick<Life, 'election' | 'partitions'>;

export interface WrittenCells {
  readonly cells: ClusterCells;
  /** The next offset of `tallies`. */
  readonly next: number;
}

/** What `tallies` holds now of a run. It is compacted, so that only all of it together is a count. */
export async function readWrittenCells(
  log: Log,
  { election, partitions }: CellsOf,
  run: string,
): Promise<WrittenCells> {
  const topic = talliesTopic(election.id);
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
  const cells = new ClusterCells(election, partitions);
  // The ledgers last: until they are there, nothing adds up.
  for (const record of newest.values()) if (!('ledger' in record)) cells.take(record);
  for (const record of newest.values()) if ('ledger' in record) cells.take(record);
  return { cells, next };
}
