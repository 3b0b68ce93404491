import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createHealth, type Health } from '../app/health.ts';
import { persist, type Attempt } from '../app/persist.ts';
import { openExistingSession, type Session } from '../app/session.ts';
import { readSystems } from '../app/systems.ts';
import { watchTopics } from '../app/watch-topics.ts';
import type { Log } from '../ports/log.ts';
import type { CommandContext } from './command.ts';

/** The options of every command that is a stage of the flow. */
export const STAGE_OPTIONS = ['data', 'electionId', 'healthPort', 'healthHost', 'json'] as const;

export interface StageOptions {
  /** The name of the command. */
  readonly name: string;
  /** What it keeps between two runs (compose.ts). */
  readonly keeps?: string;
  /** Goes on until the signal: then it waits for servers that are away, and for an election to be defined. */
  readonly follow: boolean;
  readonly context: CommandContext<(typeof STAGE_OPTIONS)[number]>;
  /** Default: that of an election which is there already. */
  readonly open?: () => Promise<Session>;
  /** The work says itself when it is ready; else it is as soon as its session is open. */
  readonly saysReady?: boolean;
  /** Where others find the health of this process when it has no server of its own. */
  readonly health?: Health;
}

export type StageWork<Result> = (
  session: Session,
  signal: AbortSignal,
  health: Health,
  ready: () => void,
) => Promise<Result>;

/**
 * Runs one stage as a process of its own: it finds its systems by the environment, answers about its health, and when it
 * follows, begins again by itself after an outage. Resolves with undefined when it was stopped while it waited.
 */
export async function runStage<Result>(options: StageOptions, work: StageWork<Result>): Promise<Result | undefined> {
  const { name, follow, context } = options;
  const { terminal, signal } = context;
  const health = options.health ?? createHealth();
  const server = await openHealthServer(context, health);
  const attempt: Attempt<Result | undefined> = async (until, ready) => {
    await using session = await (options.open ?? (() => openStage(options)))();
    health.watch('log', () => session.log.trouble());
    if (options.saysReady !== true) ready();
    const working = watched(session, options, health, (inner) => work(session, inner, health, ready), until);
    return await (follow ? unlessAway(session.log, working, until) : working);
  };
  try {
    if (!follow || !isShared()) return await attempt(signal, () => undefined);
    return await persist(attempt, { what: name, health, logger: terminal.log }, signal);
  } finally {
    await server?.close();
  }
}

/** How often a stage that is to end looks whether the log still answers. */
const END_LOOK_MS = 1000;

/**
 * The end of a stage that has been told to end, or undefined once the log has given no answer meanwhile: else it would wait
 * for the log as long as for any outage. What is durable is durable, and the next run goes on from there.
 */
async function unlessAway<Result>(
  log: Log,
  working: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  const ended = new AbortController();
  async function givenUp(): Promise<undefined> {
    if (!signal.aborted) await once(signal, 'abort', { signal: ended.signal });
    do await pause(END_LOOK_MS, undefined, { signal: ended.signal });
    while (log.trouble() === undefined);
    working.catch(() => undefined); // what it says of a log that is closed under it is nobody's
    await log.close();
  }
  const givingUp = givenUp();
  givingUp.catch(() => undefined); // ended before
  try {
    return await Promise.race([working, givingUp]);
  } finally {
    ended.abort();
  }
}

function openStage({ name, keeps, context }: StageOptions): Promise<Session> {
  const { data = '', electionId } = context.values;
  return openExistingSession({ data, command: name, keeps, electionId, logger: context.terminal.log });
}

/** Alone with embedded systems there is nothing to wait for: what is not there stays away. */
function isShared(): boolean {
  const { log, database } = readSystems();
  return log !== 'embedded' || (database !== 'embedded' && database !== 'none');
}

async function openHealthServer(
  { values, terminal }: StageOptions['context'],
  health: Health,
): Promise<{ close(): Promise<void> } | undefined> {
  const { healthPort: port, healthHost: host = '' } = values;
  if (port === undefined) return undefined;
  const { openStageServer } = await import('../http/stage-server.ts');
  const server = await openStageServer({ host, port, health, log: terminal.log });
  terminal.say(`Health: ${server.url}/readyz`);
  return server;
}

/** The topics are looked at meanwhile: on a broker others can change them. */
async function watched<Result>(
  session: Session,
  { follow, context }: StageOptions,
  health: Health,
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  if (!follow || session.systems.log === 'embedded') return work(signal);
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const watching = watchTopics(session, { health, logger: context.terminal.log }, until);
  try {
    return await work(signal);
  } finally {
    done.abort();
    await watching;
  }
}
