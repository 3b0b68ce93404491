import { setTimeout as pause } from 'node:timers/promises';
import { LivetallyError, type ErrorCode } from '../error.ts';
import type { Logger } from '../ports/effects.ts';
import type { Health } from './health.ts';

/** A stage from its beginning; it calls `ready` once it has all it needs. */
export type Attempt<Result> = (signal: AbortSignal, ready: () => void) => Promise<Result>;

export interface PersistOptions {
  /** Of what `health` speaks: `log`, `database`, … is what is away, this is who misses it. */
  readonly what: string;
  readonly health: Health;
  readonly logger: Logger;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/** What comes back by itself: a server that is away, an election that somebody is about to define. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['LT_LOG_AWAY', 'LT_DATABASE_AWAY', 'LT_SPARK_AWAY', 'LT_NO_ELECTION']);

/**
 * Runs a stage, and again from its beginning whenever it ended because something is away that comes back by itself: every
 * stage goes on from what is durable, so that beginning again is all the recovery there is. Resolves with undefined
 * when the signal ends it while it waits.
 */
export async function persist<Result>(
  attempt: Attempt<Result>,
  { what, health, logger, wait = waitFor }: PersistOptions,
  signal: AbortSignal,
): Promise<Result | undefined> {
  let waitMs = FIRST_WAIT_MS;
  let missing: string | undefined;
  const ready = (): void => {
    waitMs = FIRST_WAIT_MS;
    health.say(what, undefined);
    if (missing !== undefined) logger.info({ what }, 'It is there again: going on.');
    missing = undefined;
  };
  health.say(what, 'It is starting.');
  while (!signal.aborted) {
    try {
      return await attempt(signal, ready);
    } catch (error) {
      if (!isPassing(error)) throw error;
      health.say(what, error.message);
      // Once: an outage of an hour is no thousand lines.
      if (missing !== error.message) logger.warn({ what, code: error.code }, `${error.message} Waiting for it.`);
      missing = error.message;
    }
    await wait(waitMs, signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
  return undefined;
}

function isPassing(error: unknown): error is LivetallyError {
  return error instanceof LivetallyError && PASSING.has(error.code);
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
