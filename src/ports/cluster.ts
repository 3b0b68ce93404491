import type { Life } from '../topics/life.ts';
import type { Position } from '../topics/position.ts';
import type { TallyRecord } from '../topics/tallies.ts';

/**
 * A cluster that counts where one machine is not enough: it reads `events` and `ballots` from the brokers by itself, and
 * follows the same rules of the fold as everybody.
 *
 * What every adapter promises:
 * - E4 What is started again goes on from what was counted: every ballot is in the count once, whatever died.
 * - E5 The count of one job is never that of another: other topics or other rules begin at zero.
 * - E6 `count` is a function of the position alone, and equals every other engine's tally there (E1).
 * - E7 No line, whatever it holds, ends a count; and no error shows what a line holds.
 * - E10 What is wrong with a cluster is named within ten seconds.
 */
export interface Cluster {
  /** The id under which the count of this job stands in `tallies`: the same for the same job. */
  runOf(job: CountJob): Promise<string>;
  /** What the cluster is, in words, if it can do the job. Throws as `follow`. */
  check(job: CountJob): Promise<string>;
  /** What it runs, for people: the statements, and how the cluster goes about them. Throws as `follow`. */
  explain(job: CountJob): Promise<string>;
  /**
   * Counts what comes, into `tallies`: goes on with the count of this job that is running, or from where the last one
   * stopped. `linesPerRecord` is what a record of `ballots` holds on the average, as far as one knows: it decides the
   * size of a batch only. Throws LT_SPARK_AWAY, LT_SPARK_ACCESS, LT_SPARK.
   */
  follow(job: CountJob, linesPerRecord: number): Promise<ClusterRun>;
  /** How the count of this job goes; undefined when none is running. Throws as `follow`. */
  progress(job: CountJob): Promise<RunProgress | undefined>;
  /** Counts once, up to a position, and leaves nothing behind: gives the cells and ledgers of all partitions. Throws as `follow`. */
  count(job: CountJob, to: Position, signal?: AbortSignal): AsyncGenerator<TallyRecord>;
  close(): Promise<void>;
}

/** All that decides a count: the rules, and which topics. */
export interface CountJob {
  readonly rules: Pick<Life, 'election' | 'partitions' | 'closed' | 'excludedRanges' | 'excludedSerials'>;
  /** Ids of the topics: made anew, they are others. */
  readonly topicIds: { readonly events: string; readonly ballots: string };
}

export interface ClusterRun {
  readonly id: string;
  /**
   * How it goes. Throws LT_SPARK_AWAY when the cluster gives no answer or has lost the run, which `follow` brings back,
   * and LT_SPARK when it failed, or when somebody else took it over or stopped it.
   */
  look(): Promise<RunProgress>;
  /** Ends it; what was counted stays. */
  stop(): Promise<void>;
}

/** Of the newest batch; undefined before the first. */
export interface RunProgress {
  readonly batch: number | undefined;
  readonly batchMs: number | undefined;
  /** Records of `ballots` a second. */
  readonly recordsPerSecond: number | undefined;
  /** Serials and cells that the cluster holds. */
  readonly stateRows: number | undefined;
  readonly stateBytes: number | undefined;
}
