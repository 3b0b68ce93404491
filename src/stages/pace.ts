import { setTimeout as wait } from 'node:timers/promises';

/** Spreads work over time. */
export interface Pace {
  /** Resolves when the next `count` may be done; at once when the signal aborts. */
  next(count: number, signal: AbortSignal): Promise<void>;
}

export interface Clock {
  nowMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const SYSTEM_CLOCK: Clock = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
};
/** Work that has fallen behind by more than this is not caught up with: it would come as a flood. */
const LONGEST_LAG_MS = 1000;

/** `perSecond` may be Infinity: then nothing waits. */
export function createPace(perSecond: number, clock: Clock = SYSTEM_CLOCK): Pace {
  let dueMs = -Infinity;
  return {
    async next(count, signal) {
      dueMs = Math.max(dueMs, clock.nowMs() - LONGEST_LAG_MS);
      const earlyMs = dueMs - clock.nowMs();
      if (earlyMs > 0) await clock.sleep(earlyMs, signal);
      dueMs += (count / perSecond) * 1000;
    },
  };
}
