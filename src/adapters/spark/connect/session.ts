import type { SparkSettings } from '../../../ports/spark-settings.ts';
import { ask, FIRST_MS, QUICK_MS, SLOW_MS } from './asking.ts';
import { createConnection, type Connection } from './connection.ts';
import { execute } from './executing.ts';
import { AnalyzePlanRequest_Explain_ExplainMode as ExplainMode, type Relation } from './gen/spark-connect_pb.ts';
import { nameId } from './name-id.ts';
import type { QueryProgress } from './progress.ts';
import { activeQueries, lastProgress, queryFailure, queryStatus, startStream, stopQuery } from './queries.ts';

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
  /** For people: the above in words, without a full stop; holds no data. */
  readonly message: string;
}

/** No I/O yet. Whoever opens one of the same name and user later has the settings and queries of this one. */
export function openSession(settings: SparkSettings, name: string): SparkSession {
  const id = nameId(name);
  const connection = createConnection(settings, id);
  const { client, who } = connection;
  return {
    id,
    get serverSide() {
      return connection.serverSide;
    },

    async version(signal) {
      const analyze = { case: 'sparkVersion', value: {} } as const;
      const limits = { timeoutMs: FIRST_MS, signal };
      const { result } = await ask(connection, 'for its version', limits, (options) =>
        client.analyzePlan({ ...who, analyze }, options),
      );
      return result.case === 'sparkVersion' ? result.value.version : '';
    },

    async setConf(pairs) {
      const value = { pairs: Object.entries(pairs).map(([key, value]) => ({ key, value })) };
      const operation = { opType: { case: 'set', value } } as const;
      await ask(connection, 'to take settings', { timeoutMs: QUICK_MS }, (options) =>
        client.config({ ...who, operation }, options),
      );
    },

    async getConf(keys) {
      const operation = { opType: { case: 'getOption' as const, value: { keys: [...keys] } } };
      const { pairs } = await ask(connection, 'for its settings', { timeoutMs: QUICK_MS }, (options) =>
        client.config({ ...who, operation }, options),
      );
      return new Map(pairs.map(({ key, value }) => [key, value]));
    },

    async explain(root, mode) {
      const explainMode = mode === 'simple' ? ExplainMode.SIMPLE : ExplainMode.EXTENDED;
      const analyze = {
        case: 'explain',
        value: { plan: { opType: { case: 'root', value: root } }, explainMode },
      } as const;
      const { result } = await ask(connection, 'to explain a plan', { timeoutMs: SLOW_MS }, (options) =>
        client.analyzePlan({ ...who, analyze }, options),
      );
      return result.case === 'explain' ? result.value.explainString : '';
    },

    startStream: (start) => startStream(connection, start),
    activeQueries: () => activeQueries(connection),
    status: (query) => queryStatus(connection, query),
    lastProgress: (query) => lastProgress(connection, query),
    failure: (query) => queryFailure(connection, query),
    stop: (query) => stopQuery(connection, query),
    rows: (plan, signal) => rows(connection, plan, signal),

    async release() {
      await ask(connection, 'to end a session', { timeoutMs: SLOW_MS }, (options) =>
        client.releaseSession(who, options),
      );
    },

    async [Symbol.asyncDispose]() {
      connection.close();
    },
  };
}

async function* rows(connection: Connection, value: Relation, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const plan = { opType: { case: 'root', value } } as const;
  for await (const { responseType } of execute(connection, { plan, asked: 'for rows', signal })) {
    if (responseType.case === 'arrowBatch') yield responseType.value.data;
  }
}
