import { describe } from 'vitest';
import { openPostgres } from '../../src/adapters/postgres/postgres-database.ts';
import { publicUrl } from '../../src/ports/postgres-settings.ts';
import { createTestDatabase, testServer } from '../test-postgres.ts';
import { killedProjection, type Kill } from './killed-projection.ts';

const server = testServer();

/** It is opened in 50 ms, and a step takes 10 to 30. */
const KILLS: readonly Kill[] = [
  { line: 'opening', count: 1, waitMs: 30 },
  { line: 'opening', count: 1, waitMs: 45 },
  { line: 'step', count: 1, waitMs: 0 },
  ...[3, 7, 12, 16, 20, 25].map((waitMs): Kill => ({ line: 'step', count: 2, waitMs })),
];

describe.skipIf(server === undefined)('with a server', () => {
  killedProjection('PostgreSQL', KILLS, async () => {
    const one = await createTestDatabase(server!);
    return {
      address: publicUrl(one.settings),
      environment: { PGPASSWORD: one.settings.password },
      open: () => openPostgres(one.settings),
      empty: async () => void (await one.run('DROP SCHEMA public CASCADE; CREATE SCHEMA public')),
      drop: () => one.drop(),
    };
  });
});
