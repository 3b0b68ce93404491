import { randomUUID } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { bear, stopOf, TRIES } from './asking.ts';
import type { Connection } from './connection.ts';
import { sparkErrorOf } from './errors.ts';
import type { ExecutePlanResponse, PlanSchema } from './gen/spark-connect_pb.ts';
import { isCut, type Refusal } from './refusal.ts';

export interface Execution {
  readonly plan: MessageInitShape<typeof PlanSchema>;
  /** For messages: `to start a query`. */
  readonly asked: string;
  /** Without it for as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Only by this life of the server. */
  readonly serverSide?: string | undefined;
}

/** What is known of a run of a plan. */
interface Operation {
  readonly id: string;
  /** The server may have heard of it: so it is asked for more of it, and not for another run. */
  isSent: boolean;
  lastResponseId: string | undefined;
  /** In a row, without any answer between them. */
  failures: number;
  /** How many are borne: more once the server has worked for it. */
  tries: number;
}

/** The server ends a stream after two minutes, done or not, and expects us again. One that lasts longer is dead. */
const STREAM_MS = 180_000;
/** One that held for so long was no failure. */
const HELD_MS = 10_000;
/** 12.8 s: a server that started anew meanwhile has forgotten the execution anyway. */
const TRIES_UNDER_WAY = 9;
const RELEASE_MS = 2_000;

/**
 * Runs a plan and gives the server's answers, each once, however often the connection is cut: the server keeps them until they are released, which
 * happens at the end, also at an early one. Throws what errors.ts says.
 */
export async function* execute(connection: Connection, execution: Execution): AsyncGenerator<ExecutePlanResponse> {
  const stop = stopOf(connection, execution.signal);
  const deadlineMs = performance.now() + (execution.timeoutMs ?? Number.POSITIVE_INFINITY);
  const operation: Operation = {
    id: randomUUID(),
    isSent: false,
    lastResponseId: undefined,
    failures: 0,
    tries: TRIES,
  };
  let isAway = false;
  try {
    for (;;) {
      const beganMs = performance.now();
      try {
        for await (const answer of stream(connection, execution, operation, stop, deadlineMs - beganMs)) {
          if (answer.responseType.case === 'resultComplete') return;
          yield answer;
        }
      } catch (error) {
        if (performance.now() - beganMs > HELD_MS) noteWork(operation);
        operation.failures++;
        const { failures, tries } = operation;
        await bear(connection, execution.asked, error, {
          failures,
          tries,
          stop,
          passes: (refusal) => canGoOn(refusal, operation, deadlineMs),
        });
      }
    }
  } catch (error) {
    isAway = sparkErrorOf(error)?.kind === 'away';
    throw error;
  } finally {
    if (!isAway) await release(connection, operation.id);
  }
}

/** One stream of answers, to its end, which is an error unless it is the end of all. */
async function* stream(
  connection: Connection,
  { plan, serverSide }: Execution,
  operation: Operation,
  stop: AbortSignal,
  leftMs: number,
): AsyncGenerator<ExecutePlanResponse> {
  const { client, who } = connection;
  const { id: operationId, isSent, lastResponseId } = operation;
  // Leaving the loop does not end the call, nor a deadline of the client's own, which would hold up the end of the process.
  const left = new AbortController();
  const tooLong = setTimeout(
    () => left.abort(new ConnectError('The stream took too long.', Code.DeadlineExceeded)),
    Math.max(1, Math.min(STREAM_MS, leftMs)),
  );
  const options = { signal: AbortSignal.any([stop, left.signal]) };
  operation.isSent = true;
  try {
    const answers = isSent
      ? client.reattachExecute(
          { ...who, operationId, ...(lastResponseId === undefined ? {} : { lastResponseId }) },
          options,
        )
      : client.executePlan(
          {
            ...who,
            operationId,
            plan,
            requestOptions: [REATTACHABLE],
            ...(serverSide === undefined ? {} : { clientObservedServerSideSessionId: serverSide }),
          },
          options,
        );
    for await (const answer of answers) {
      operation.lastResponseId = answer.responseId;
      noteWork(operation);
      connection.serverSide = answer.serverSideSessionId;
      yield answer;
    }
  } finally {
    clearTimeout(tooLong);
    left.abort();
  }
  throw new ConnectError('The stream ended before its end.', Code.Unavailable);
}

function noteWork(operation: Operation): void {
  operation.failures = 0;
  operation.tries = TRIES_UNDER_WAY;
}

const REATTACHABLE = { requestOption: { case: 'reattachOptions', value: { reattachable: true } } } as const;

function canGoOn(refusal: Refusal, operation: Operation, deadlineMs: number): boolean {
  // The stream was cut before the server had heard of it.
  const isUnheard =
    operation.lastResponseId === undefined &&
    /^INVALID_HANDLE\.(?:OPERATION|SESSION)_NOT_FOUND$/.test(refusal.errorClass ?? '');
  if (isUnheard) operation.isSent = false;
  const isStreamOver = refusal.code === Code.DeadlineExceeded && performance.now() < deadlineMs;
  return isUnheard || isStreamOver || isCut(refusal);
}

/** The server forgets it, and ends it if it still runs. It does so by itself some minutes later. */
async function release({ client, who, closing }: Connection, operationId: string): Promise<void> {
  if (closing.aborted) return;
  const request = { ...who, operationId, release: { case: 'releaseAll', value: {} } } as const;
  await client.releaseExecute(request, { signal: closing, timeoutMs: RELEASE_MS }).catch(() => undefined);
}
