import { setTimeout as sleep } from 'node:timers/promises';
import { Code, type CallOptions } from '@connectrpc/connect';
import type { Connection } from './connection.ts';
import { refusalError } from './errors.ts';
import { classNames, errorClassName } from './names.ts';
import { isCut, refusalOf, type Refusal } from './refusal.ts';

/** For the first question: whoever asks has yet to be told, within ten seconds, that nobody answers. */
export const FIRST_MS = 6_000;
/** For what the server answers from memory. */
export const QUICK_MS = 8_000;
/** For what it has to work for: planning, which is several times slower the first time, and waiting for a query to end. */
export const SLOW_MS = 120_000;
const DETAILS_MS = 5_000;

/** With pauses of 50 ms, then twice as long each time: 1.6 s. */
export const TRIES = 6;
const FIRST_PAUSE_MS = 50;

export interface Limits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One question and its answer. Asked again, a few times, while the connection is cut: so it must bear being asked twice. */
export async function ask<Answer extends { readonly serverSideSessionId: string }>(
  connection: Connection,
  asked: string,
  { timeoutMs, signal }: Limits,
  call: (options: CallOptions) => Promise<Answer>,
): Promise<Answer> {
  const stop = stopOf(connection, signal);
  const deadlineMs = performance.now() + timeoutMs;
  for (let failures = 1; ; failures++) {
    try {
      // gRPC has no fractions: a server ends a call that has one.
      const leftMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
      const answer = await call({ signal: stop, timeoutMs: leftMs });
      connection.serverSide = answer.serverSideSessionId;
      return answer;
    } catch (error) {
      await bear(connection, asked, error, { failures, tries: TRIES, stop, passes: isCut });
    }
  }
}

/** Aborts with the reason of whoever wants it to end. */
export function stopOf({ closing }: Connection, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? closing : AbortSignal.any([closing, signal]);
}

interface Bearing {
  /** So many in a row. */
  readonly failures: number;
  /** So many are the last. */
  readonly tries: number;
  readonly stop: AbortSignal;
  /** Whether it can be otherwise in a moment. */
  readonly passes: (refusal: Refusal) => boolean;
}

/** Resolves, after a pause that grows with the failures, when it is worth trying again; else throws what the failure means. */
export async function bear(
  connection: Connection,
  asked: string,
  error: unknown,
  { failures, tries, stop, passes }: Bearing,
): Promise<void> {
  stop.throwIfAborted();
  const refusal = refusalOf(error);
  if (refusal === undefined) throw error;
  if (refusal.by === 'connection' && refusal.code === Code.DeadlineExceeded) connection.renew();
  if (failures >= tries || !passes(refusal)) {
    const causes = await causesOf(connection, refusal);
    if (refusal.errorClass === 'INVALID_HANDLE.SESSION_CHANGED') connection.serverSide = undefined;
    throw refusalError(connection.address, asked, refusal, causes);
  }
  await sleep(FIRST_PAUSE_MS * 2 ** (failures - 1), undefined, { signal: stop }).catch(() => stop.throwIfAborted());
}

/** The exceptions from the outermost to the root, by name. None when the server cannot say: that fails in ways of its own. */
async function causesOf({ client, who, closing }: Connection, { errorId }: Refusal): Promise<readonly string[]> {
  if (errorId === undefined) return [];
  try {
    const answer = await client.fetchErrorDetails({ ...who, errorId }, { signal: closing, timeoutMs: DETAILS_MS });
    const names: string[] = [];
    let error = answer.errors[answer.rootErrorIdx ?? -1];
    // A chain that bites its own tail ends too.
    for (let links = 0; error !== undefined && links < answer.errors.length; links++) {
      const [name] = [errorClassName(error.sparkThrowable?.errorClass), ...classNames(error.errorTypeHierarchy)].filter(
        (one) => one !== undefined,
      );
      if (name !== undefined) names.push(name);
      error = answer.errors[error.causeIdx ?? -1];
    }
    return names;
  } catch {
    return [];
  }
}
