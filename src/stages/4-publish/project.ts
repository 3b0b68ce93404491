import { setTimeout as pause } from 'node:timers/promises';
import { createFollowers, NOTHING, type Follower, type Projected, type ProjectOptions } from './followers.ts';
import { loadPositions } from './topic-position.ts';

/** How long a new record may wait. */
const POLL_MS = 250;

export interface ProjectToOptions extends ProjectOptions {
  /** Hears what has been written so far. */
  readonly onProgress?: (so: Projected) => void;
}

/**
 * Follows the log into the database until `signal`: events, voters and results, each batch with its position in one
 * transaction, so that it can die anywhere and goes on where it was. Rejects with LT_DATABASE; nothing else is hurt.
 */
export async function project(options: ProjectToOptions, signal: AbortSignal): Promise<Projected> {
  return run(options, signal, () => pause(POLL_MS, undefined, { signal }).catch(() => undefined));
}

/** Catches up with the log and resolves with what was written. */
export async function projectToEnd(options: ProjectToOptions, signal?: AbortSignal): Promise<Projected> {
  return run(options, signal, undefined);
}

/** Without `wait` it ends when nothing is new. */
async function run(
  options: ProjectToOptions,
  signal: AbortSignal | undefined,
  wait: (() => Promise<void>) | undefined,
): Promise<Projected> {
  const round = await createRounds(options);
  let total = NOTHING;
  while (signal?.aborted !== true) {
    const some = await round();
    if (some !== undefined) {
      total = plus(total, some);
      options.onProgress?.(total);
    } else if (wait === undefined) break;
    else await wait();
  }
  return total;
}

/** One batch of each topic; undefined when nothing was new. */
type Round = () => Promise<Projected | undefined>;

async function createRounds(options: ProjectOptions): Promise<Round> {
  const { log, database, electionId, logger } = options;
  const load = async (): Promise<Follower[]> =>
    createFollowers(options, await loadPositions(log, database, electionId, logger));
  let followers = await load();

  return async () => {
    let total: Projected | undefined;
    for (const follower of followers) {
      const some = await follower.step();
      if (some === 'elsewhere') {
        // Another process moved the position on: start again from where it is now.
        followers = await load();
        return total ?? NOTHING;
      }
      if (some !== undefined) total = plus(total ?? NOTHING, some);
    }
    return total;
  };
}

function plus(one: Projected, other: Projected): Projected {
  return {
    registrations: one.registrations + other.registrations,
    refused: one.refused + other.refused,
    reports: one.reports + other.reports,
  };
}
