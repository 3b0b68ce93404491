import { configDefaults, defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

const FILES = ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'];
/** Those have a cluster's cores to themselves: who finds none free is told that the cluster is away. */
const ON_SPARK = '**/*.spark.test.ts';

/** Suffixes say what a test needs: `x.test.ts` runs anywhere; others name the system they need. */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What a person has set for their own stages must not decide a test, nor be written to by one.
    env: { KAFKA_BOOTSTRAP_SERVERS: '', DATABASE_URL: '', SPARK_REMOTE: '', LIVETALLY_ELECTION_ID: '' },
    pool: 'forks',
    reporters: ['default', closingLine],
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: FILES,
          exclude: [...configDefaults.exclude, ON_SPARK],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'one by one',
          include: [ON_SPARK],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
