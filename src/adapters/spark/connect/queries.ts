import type { MessageInitShape } from '@bufbuild/protobuf';
import { QUICK_MS, SLOW_MS } from './asking.ts';
import type { Connection } from './connection.ts';
import { CHECK_VERSION, namesOf, sparkErrorOf, sparkFailure, type SparkError } from './errors.ts';
import { execute } from './executing.ts';
import type { CommandSchema, ExecutePlanResponse, StreamingQueryCommandResult } from './gen/spark-connect_pb.ts';
import { errorClassName } from './names.ts';
import { readProgress, type QueryProgress } from './progress.ts';
import type { ActiveQuery, QueryFailure, QueryId, QueryStatus, StreamStart } from './session.ts';

type CommandType = NonNullable<MessageInitShape<typeof CommandSchema>['commandType']>;
type QueryCommand = NonNullable<Extract<CommandType, { case: 'streamingQueryCommand' }>['value']['command']>;

/** The least that the server takes: nobody waits. */
const NO_WAIT_MS = 1n;

export async function startStream(connection: Connection, start: StreamStart): Promise<QueryId> {
  const { plan: input, format, options, outputMode, queryName } = start;
  const value = { input, format, options: { ...options }, outputMode, queryName, trigger: triggerOf(start) };
  const result = await run(connection, { case: 'writeStreamOperationStart', value }, 'to start a query', {
    timeoutMs: SLOW_MS,
    serverSide: connection.serverSide,
  });
  if (result?.case !== 'writeStreamOperationStartResult') throw unexpected(connection, 'to start a query');
  return idOf(result.value.queryId);
}

export async function activeQueries(connection: Connection): Promise<readonly ActiveQuery[]> {
  const value = { command: { case: 'active', value: true } } as const;
  const asked = 'which queries run';
  const result = await run(connection, { case: 'streamingQueryManagerCommand', value }, asked);
  const active = result?.case === 'streamingQueryManagerCommandResult' ? result.value.resultType : undefined;
  if (active?.case !== 'active') throw unexpected(connection, asked);
  return active.value.activeQueries.map(({ id, name }) => ({ ...idOf(id), name }));
}

export async function queryStatus(connection: Connection, query: QueryId): Promise<QueryStatus> {
  const asked = 'how a query is';
  const result = await askQuery(connection, query, { case: 'status', value: true }, asked);
  if (result?.case !== 'status') throw unexpected(connection, asked);
  const { statusMessage, isActive, isDataAvailable, isTriggerActive } = result.value;
  // After the colon stands the text of an exception, which quotes data.
  return { message: statusMessage.replace(/:.*$/s, ''), isActive, isDataAvailable, isTriggerActive };
}

export async function lastProgress(connection: Connection, query: QueryId): Promise<QueryProgress | undefined> {
  const asked = 'how far a query is';
  const result = await askQuery(connection, query, { case: 'lastProgress', value: true }, asked);
  if (result?.case !== 'recentProgress') throw unexpected(connection, asked);
  const json = result.value.recentProgressJson.at(-1);
  if (json === undefined) return undefined;
  const progress = readProgress(json);
  if (progress === undefined) throw unexpected(connection, asked);
  return progress;
}

/** Its exception is told as text, which quotes data. To wait for a query that has failed is an error, and errors have their causes by name. */
export async function queryFailure(connection: Connection, query: QueryId): Promise<QueryFailure | undefined> {
  const asked = 'why a query ended';
  const result = await askQuery(connection, query, { case: 'exception', value: true }, asked);
  // Without one the answer is empty.
  if (result?.case !== 'exception') return undefined;
  try {
    await askQuery(connection, query, { case: 'awaitTermination', value: { timeoutMs: NO_WAIT_MS } }, asked);
  } catch (error) {
    const told = sparkErrorOf(error);
    if (told?.kind === 'data-loss' || told?.kind === 'no-connector' || told?.kind === 'failed') return ofError(told);
    throw error;
  }
  return ofError({ kind: 'failed', errorClass: errorClassName(result.value.errorClass), causes: [] });
}

export async function stopQuery(connection: Connection, query: QueryId): Promise<void> {
  await askQuery(connection, query, { case: 'stop', value: true }, 'to stop a query', SLOW_MS);
}

async function askQuery(
  connection: Connection,
  { id, runId }: QueryId,
  command: QueryCommand,
  asked: string,
  timeoutMs: number = QUICK_MS,
): Promise<StreamingQueryCommandResult['resultType'] | undefined> {
  const value = { queryId: { id, runId }, command };
  const result = await run(connection, { case: 'streamingQueryCommand', value }, asked, { timeoutMs });
  return result?.case === 'streamingQueryCommandResult' ? result.value.resultType : undefined;
}

/** Runs a command to its end and gives its answer, if it has one. */
async function run(
  connection: Connection,
  commandType: CommandType,
  asked: string,
  limits: { readonly timeoutMs?: number; readonly serverSide?: string | undefined } = {},
): Promise<ExecutePlanResponse['responseType'] | undefined> {
  const plan = { opType: { case: 'command', value: { commandType } } } as const;
  let result: ExecutePlanResponse['responseType'] | undefined;
  for await (const { responseType } of execute(connection, { plan, asked, timeoutMs: QUICK_MS, ...limits })) {
    // The server adds some that this subset of the protocol does not know.
    if (responseType.case !== undefined) result = responseType;
  }
  return result;
}

function triggerOf({
  trigger,
}: StreamStart): { case: 'processingTimeInterval'; value: string } | { case: 'availableNow'; value: true } {
  if (trigger === 'available-now') return { case: 'availableNow', value: true };
  return { case: 'processingTimeInterval', value: `${trigger?.everyMs ?? 0} milliseconds` };
}

function idOf(id: { readonly id: string; readonly runId: string } | undefined): QueryId {
  return { id: id?.id ?? '', runId: id?.runId ?? '' };
}

function ofError(error: SparkError): QueryFailure {
  const { kind, errorClass, causes } = error;
  const known = kind === 'data-loss' || kind === 'no-connector' ? kind : 'failed';
  return { kind: known, errorClass, causes, message: namesOf(error) };
}

function unexpected({ address }: Connection, asked: string): Error {
  const says = `was asked ${asked} and answers otherwise than expected`;
  return sparkFailure(address, says, { kind: 'failed', causes: [] }, CHECK_VERSION);
}
