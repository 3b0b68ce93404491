import { emptyTally, type Tally } from '../../election/tally.ts';
import { ballotEnds } from '../../lifecycle/ballot-ends.ts';
import { covers, startPosition, type Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import type { ClusterCount, ClusterScene } from './cluster-count.ts';
import { countJob } from './count-job.ts';
import { countOnCluster } from './count-on-cluster.ts';

/** A line that is late costs a whole count: not more often than this. */
const LATE_MS = 60_000;

/**
 * Counts on the cluster to where the ballots end, from zero; and again when there are more. Until the first count is done it
 * shows what the count `before` it had.
 */
export async function openBoundedCount(scene: ClusterScene, before?: ClusterCount): Promise<ClusterCount> {
  const { log, electionId, reader, cluster, follow, now } = scene;
  const { partitions } = reader.life;
  const run = await cluster.runOf(await countJob(log, reader.life));
  const goal = follow ? undefined : await endNow();
  let position: Position = before?.position ?? { ...startPosition(partitions), events: reader.position };
  let tally: Tally = before?.tally() ?? emptyTally();
  let provisional = before?.provisional ?? false;
  let countedAt = -Infinity;

  /** The ballots first: an issue is durable before its serials are used. */
  async function endNow(): Promise<Position> {
    const ballots = await ballotEnds(log, electionId, partitions);
    await reader.catchUp();
    return { events: reader.position, ballots };
  }

  return {
    get provisional() {
      return provisional;
    },
    run,
    get position() {
      return position;
    },
    tally: () => tally,
    async step(waitMs, signal) {
      const to = goal ?? (await endNow());
      const isNew = countedAt === -Infinity || !covers(position, to); // events too: they may exclude what is counted
      if (!isNew || Math.abs(now() - countedAt) < LATE_MS) {
        if (goal === undefined) await log.fetch(topicName(electionId, 'events'), [to.events], waitOf(waitMs, signal));
        return;
      }
      const counted = await countOnCluster(log, electionId, cluster, to, signal).catch((error: unknown) => {
        // Whoever follows is told to end, which is no failure. A count that was to end by itself has not.
        if (!follow || signal?.aborted !== true || error !== signal.reason) throw error;
      });
      if (counted === undefined) return;
      ({ tally } = counted);
      position = to;
      provisional = false;
      countedAt = now();
    },
    // The next count takes whatever the events say.
    isOutdated: () => follow && reader.life.closed === undefined,
    close: async () => undefined,
  };
}

function waitOf(waitMs: number, signal: AbortSignal | undefined): { waitMs: number; signal?: AbortSignal } {
  return { waitMs, ...(signal === undefined ? {} : { signal }) };
}
