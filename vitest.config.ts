import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

/** Suffixes say what a test needs: `x.test.ts` runs anywhere; others name the system they need. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', closingLine],
  },
});
