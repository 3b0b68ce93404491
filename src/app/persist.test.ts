import { expect, it } from 'vitest';
import { LivetallyError } from '../error.ts';
import { createHealth } from './health.ts';
import { persist } from './persist.ts';

const never = new AbortController().signal;
const away = (): LivetallyError => new LivetallyError('LT_LOG_AWAY', 'The broker is away.');

function scene(): {
  waits: number[];
  said: string[];
  health: ReturnType<typeof createHealth>;
  options: Parameters<typeof persist>[1];
} {
  const waits: number[] = [];
  const said: string[] = [];
  const health = createHealth();
  const tell = (_: object, message: string): void => void said.push(message);
  const logger = { info: tell, warn: tell, error: tell };
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  return { waits, said, health, options: { what: 'tally', health, logger, wait } };
}

it('[C23] a stage begins again by itself, later and later, until what was away is there again', async () => {
  const { waits, said, health, options } = scene();
  const reasons: string[] = [];
  let attempts = 0;
  const done = await persist(
    async (_, ready) => {
      reasons.push(...health.reasons.map(({ reason }) => reason));
      if (++attempts < 7) throw away();
      ready();
      expect(health.reasons).toEqual([]);
      return 'done';
    },
    options,
    never,
  );
  expect(done).toBe('done');
  expect(waits).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
  expect(new Set(reasons)).toEqual(new Set(['It is starting.', 'The broker is away.']));
  expect(said).toEqual(['The broker is away. Waiting for it.', 'It is there again: going on.']);
});

it('[C23] what does not come back by itself ends it, and so does the signal', async () => {
  const { options } = scene();
  const wrong = new LivetallyError('LT_LOG_ACCESS', 'The password is wrong.');
  await expect(persist(() => Promise.reject(wrong), options, never)).rejects.toBe(wrong);
  const stop = new AbortController();
  const waiting = persist(
    async () => {
      stop.abort();
      throw away();
    },
    options,
    stop.signal,
  );
  expect(await waiting).toBe(undefined);
});
