import type { Tally } from '../../election/tally.ts';
import { LivetallyError } from '../../error.ts';
import { createLifeReader } from '../../lifecycle/life-reader.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Log } from '../../ports/log.ts';
import type { Life } from '../../topics/life.ts';
import type { Position } from '../../topics/position.ts';
import { ClusterCells } from './cluster-cells.ts';
import { countJob } from './count-job.ts';

/** The tally of just the records below a position, by the cluster's fold. Throws what the cluster throws. */
export async function countOnCluster(
  log: Log,
  electionId: string,
  cluster: Cluster,
  to: Position,
  signal?: AbortSignal,
): Promise<{ readonly tally: Tally; readonly life: Life }> {
  const reader = createLifeReader(log, electionId);
  await reader.catchUp(to.events);
  const { life } = reader;
  const cells = new ClusterCells(life.election, life.partitions);
  for await (const record of cluster.count(await countJob(log, life), to, signal)) cells.take(record);
  const { unfinished } = cells;
  if (unfinished.length > 0) throw doNotAddUp(unfinished);
  return { tally: cells.tally(), life };
}

function doNotAddUp(partitions: readonly number[]): LivetallyError {
  const says = `The cluster's cells of partitions ${partitions.join(', ')} do not add up to their ledgers.`;
  return new LivetallyError('LT_SPARK', says, {
    next: 'This is a fault in livetally: keep the topics, count in this process instead, and report it.',
  });
}
