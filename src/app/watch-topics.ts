import { setTimeout as pause } from 'node:timers/promises';
import { LivetallyError } from '../error.ts';
import { topicProblems } from '../lifecycle/topics-fit.ts';
import type { Logger } from '../ports/effects.ts';
import type { Mismatch } from '../ports/log.ts';
import type { Health } from './health.ts';
import type { Session } from './session.ts';

const EVERY_MS = 10_000;

/**
 * Looks at the topics now and then, until the signal, and says what somebody has changed about them behind our back.
 * The count goes on: what it has read it has read, and it reads no other partitions than its own.
 */
export async function watchTopics(
  { log, reader }: Pick<Session, 'log' | 'reader'>,
  { health, logger, everyMs = EVERY_MS }: { health: Health; logger: Logger; everyMs?: number },
  signal: AbortSignal,
): Promise<void> {
  let known = '';
  while (!signal.aborted) {
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const problems = await topicProblems(log, reader.life).catch(passing);
    if (problems === undefined) continue;
    const says = problems.map((problem) => problem.says).join(' ');
    health.say('topics', says === '' ? undefined : says);
    if (says !== known) for (const problem of problems) tell(problem, logger);
    known = says;
  }
}

function tell({ topic, kind, says, next }: Mismatch, logger: Logger): void {
  logger.error({ topic, kind, next }, says);
}

/** That the broker is away is for those to say who need it. */
function passing(error: unknown): undefined {
  if (!(error instanceof LivetallyError)) throw error;
}
