import type { Relation } from './gen/spark-connect_pb.ts';
import type { QueryProgress } from './progress.ts';

/**
 * What a program asks of a Spark cluster, over Spark Connect. Settings and queries belong to the session, and outlive whoever opened it: another
 * process that opens one of the same name and user has them. Everything rejects with LT_SPARK_AWAY, LT_SPARK_ACCESS or LT_SPARK (errors.ts:
 * `sparkErrorOf` says which kind), within a bound, and with the reason of a signal that aborts. No error has a word that the server wrote, but
 * names of its errors: its own texts quote ballots.
 */
export interface SparkSession extends AsyncDisposable {
  /** A UUID, made of the name that the session was opened with. */
  readonly id: string;
  /**
   * Which life of the server answered last; undefined before it has. Another one than before: it started anew, without the settings and the
   * queries that there were.
   */
  readonly serverSide: string | undefined;
  /** Of Spark, such as `4.2.0`. */
  version(signal?: AbortSignal): Promise<string>;
  /** Spark takes any key, known or not. */
  setConf(pairs: Readonly<Record<string, string>>): Promise<void>;
  getConf(keys: readonly string[]): Promise<ReadonlyMap<string, string | undefined>>;
  /** The plan as Spark would run it. Holds what the plan holds. */
  explain(plan: Relation, mode: 'simple' | 'extended'): Promise<string>;
  /**
   * Starts a streaming query that goes on by itself. Refused as `operation-unknown` when the server started anew since `serverSide` was
   * last seen, as the settings made before are gone: make them again.
   */
  startStream(start: StreamStart): Promise<QueryId>;
  /** Those of this session that run. */
  activeQueries(): Promise<readonly ActiveQuery[]>;
  status(query: QueryId): Promise<QueryStatus>;
  /** Of the last batch; undefined before the first. */
  lastProgress(query: QueryId): Promise<QueryProgress | undefined>;
  /** Why it ended; undefined while it runs, and when it was stopped. */
  failure(query: QueryId): Promise<QueryFailure | undefined>;
  /** Resolves once it has ended. A query that writes may take a minute. */
  stop(query: QueryId): Promise<void>;
  /** Runs a batch plan to its end; each chunk is a whole Arrow IPC stream of some rows. A consumer that ends early ends it. */
  rows(plan: Relation, signal?: AbortSignal): AsyncGenerator<Uint8Array>;
  /** Ends the session and its queries on the server, for ever: its id is never taken again. Disposing only closes the connection. */
  release(): Promise<void>;
}

export interface StreamStart {
  readonly plan: Relation;
  /** Of the sink, such as `kafka`. */
  readonly format: string;
  /** Of the sink, `checkpointLocation` among them. */
  readonly options: Readonly<Record<string, string>>;
  readonly outputMode: 'append' | 'update' | 'complete';
  /** No other running query of the session has it. */
  readonly queryName: string;
  /** When a batch begins: without it as soon as the one before has ended. `available-now`: ends when it has read what there is. */
  readonly trigger?: { readonly everyMs: number } | 'available-now' | undefined;
}

export interface QueryId {
  /** Stays with the checkpoint. */
  readonly id: string;
  /** Another one at each start. */
  readonly runId: string;
}

export interface ActiveQuery extends QueryId {
  readonly name: string | undefined;
}

export interface QueryStatus {
  /** What it is doing, in Spark's words. */
  readonly message: string;
  readonly isActive: boolean;
  readonly isDataAvailable: boolean;
  readonly isTriggerActive: boolean;
}

export interface QueryFailure {
  readonly kind: 'data-loss' | 'no-connector' | 'failed';
  /** Spark's name for it, such as `STREAM_FAILED`. */
  readonly errorClass: string | undefined;
  /** The exceptions, from the outermost to the root: names of classes, and Spark's name for an error where it has one. */
  readonly causes: readonly string[];
  /** For people: made of the above, and holds no data. */
  readonly message: string;
}
