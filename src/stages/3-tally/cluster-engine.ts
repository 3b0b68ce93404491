import { ballotEnds } from '../../lifecycle/ballot-ends.ts';
import { createLifeReader, type LifeReader } from '../../lifecycle/life-reader.ts';
import type { Tally } from '../../election/tally.ts';
import type { Cluster, CountJob, RunProgress } from '../../ports/cluster.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Log } from '../../ports/log.ts';
import type { Life } from '../../topics/life.ts';
import type { Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import { openBoundedCount } from './bounded-count.ts';
import { linesPerRecord } from './lines-per-record.ts';
import { openRunningCount } from './running-count.ts';

/** One way in which a cluster counts. */
export interface ClusterCount {
  /** The rules may yet be applied otherwise than here: an issue that came late, ballots past a close. */
  readonly provisional: boolean;
  readonly run: string;
  /** Covers the tally. */
  readonly position: Position;
  tally(): Tally;
  step(waitMs: number, signal?: AbortSignal): Promise<void>;
  /** Whether what the events say now asks for another count. */
  isOutdated(): boolean;
  close(): Promise<void>;
}

/** What both ways of counting need. */
export interface ClusterScene {
  readonly log: Log;
  readonly electionId: string;
  readonly reader: LifeReader;
  readonly cluster: Cluster;
  readonly follow: boolean;
  readonly now: () => number;
  readonly onProgress: (progress: RunProgress) => void;
  /** The job as the events are now. */
  job(): Promise<CountJob>;
}

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
  const job = (): Promise<CountJob> => jobOf(log, reader.life);
  const scene: ClusterScene = { log, electionId, reader, cluster, follow, now, onProgress, job };
  const open = (): Promise<ClusterCount> =>
    follow && reader.life.closed === undefined ? openRunningCount(scene) : openBoundedCount(scene);
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
      return (
        !count.provisional &&
        closed !== undefined &&
        closed.every((offset, partition) => count.position.ballots[partition]! >= offset)
      );
    },
    tally: () => count.tally(),
    async step(waitMs, signal) {
      const before = recordsAt(count.position);
      await count.step(waitMs, signal);
      if (count.isOutdated()) {
        await count.close();
        count = await open();
      }
      return Math.max(0, recordsAt(count.position) - before);
    },
    save: async () => undefined, // the cluster has its checkpoint
    close: () => count.close(),
  };
}

async function jobOf(log: Log, life: Life): Promise<CountJob> {
  const { id } = life.election;
  const ids = (['events', 'ballots'] as const).map((topic) => log.topicId(topicName(id, topic)));
  const [events, ballots] = await Promise.all(ids);
  return {
    rules: { ...life, excludedRanges: [...life.excludedRanges], excludedSerials: new Set(life.excludedSerials) },
    topicIds: { events: events!, ballots: ballots! },
    linesPerRecord: await linesPerRecord(log, id, await ballotEnds(log, id, life.partitions)),
  };
}

function recordsAt({ events, ballots }: Position): number {
  return ballots.reduce((sum, offset) => sum + offset, events);
}
