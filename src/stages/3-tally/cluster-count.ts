import type { Tally } from '../../election/tally.ts';
import type { LifeReader } from '../../lifecycle/life-reader.ts';
import type { Cluster, RunProgress } from '../../ports/cluster.ts';
import type { Log } from '../../ports/log.ts';
import type { Position } from '../../topics/position.ts';

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
}
