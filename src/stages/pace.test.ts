import { expect, test } from 'vitest';
import { createPace, type Clock } from './pace.ts';

const never = new AbortController().signal;

function fakeClock(): Clock & { ms: number } {
  return {
    ms: 0,
    nowMs() {
      return this.ms;
    },
    async sleep(ms) {
      this.ms += ms;
    },
  };
}

test('[R10] 100 a second take a second for every 100, whatever the batches', async () => {
  const clock = fakeClock();
  const pace = createPace(100, clock);
  for (let done = 0; done < 2000; done += 50) await pace.next(50, never);
  expect(Math.abs(clock.ms - 19_000)).toBeLessThanOrEqual(1500);
});

test('[R10] work that fell behind is not made up for in a flood', async () => {
  const clock = fakeClock();
  const pace = createPace(10, clock);
  await pace.next(10, never);
  clock.ms += 60_000;
  const startMs = clock.ms;
  for (let batch = 0; batch < 10; batch++) await pace.next(10, never);
  expect(clock.ms - startMs).toBeGreaterThanOrEqual(7_000);
});

test('[R10] without a limit nothing waits; an abort ends a wait', async () => {
  const clock = fakeClock();
  const free = createPace(Infinity, clock);
  for (let batch = 0; batch < 5; batch++) await free.next(1e6, never);
  expect(clock.ms).toBe(0);
  const slow = createPace(0.001);
  const aborted = AbortSignal.abort();
  for (let batch = 0; batch < 5; batch++) await slow.next(1, aborted);
});
