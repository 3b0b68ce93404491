import { defineConfig } from 'vitest/config';

/** Suffixes say what a test needs: `x.test.ts` runs anywhere; others name the system they need. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
