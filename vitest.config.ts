import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

/** Suffixes say what a test needs: `x.test.ts` runs anywhere; others name the system they need. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What a person has set for their own stages must not decide a test, nor be written to by one.
    env: { KAFKA_BOOTSTRAP_SERVERS: '', DATABASE_URL: '', SPARK_REMOTE: '', LIVETALLY_ELECTION_ID: '' },
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', closingLine],
  },
});
