import { createLifeReader } from '../../lifecycle/life-reader.ts';
import type { Cluster, RunProgress } from '../../ports/cluster.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Log } from '../../ports/log.ts';
import type { Life } from '../../topics/life.ts';
import { coversBallots, recordCount, type Position } from '../../topics/position.ts';
import type { ClusterCount, ClusterScene } from './cluster-count.ts';
import { openBoundedCount } from './bounded-count.ts';
import { openRunningCount } from './running-count.ts';

export interface ClusterEngineOptions {
  /** Count what comes; else what is there. */
  readonly follow: boolean;
  readonly now?: () => number;
  /** Whenever the run was looked at. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/**
 * The engine whose fold runs on a cluster. While the polls are open it follows the log there, and what it says is
 * provisional; from the close on, or without `follow`, it counts to a position, which is the fold of that position and
 * nothing else. Throws what the cluster throws, LT_NO_ELECTION.
 */
export async function openClusterEngine(
  log: Log,
  electionId: string,
  cluster: Cluster,
  { follow, now = Date.now, onProgress = () => undefined }: ClusterEngineOptions,
): Promise<Engine> {
  const reader = createLifeReader(log, electionId);
  await reader.catchUp();
  const scene: ClusterScene = { log, electionId, reader, cluster, follow, now, onProgress };
  const open = (before?: ClusterCount): Promise<ClusterCount> =>
    follow && reader.life.closed === undefined ? openRunningCount(scene) : openBoundedCount(scene, before);
  let count = await open();

  return {
    get life(): Life {
      return reader.life;
    },
    get run(): string {
      return count.run;
    },
    get provisional(): boolean {
      return count.provisional;
    },
    get position(): Position {
      return count.position;
    },
    get complete(): boolean {
      const { closed } = reader.life;
      return !count.provisional && closed !== undefined && coversBallots(count.position, closed);
    },
    tally: () => count.tally(),
    async step(waitMs, signal) {
      const before = recordCount(count.position);
      await count.step(waitMs, signal);
      if (!count.isOutdated()) return Math.max(0, recordCount(count.position) - before);
      await count.close();
      count = await open(count);
      await count.step(0, signal);
      return Math.max(1, recordCount(count.position)); // all of it is new
    },
    save: async () => undefined, // the cluster has its checkpoint
    close: () => count.close(),
  };
}
