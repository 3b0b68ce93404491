import { describe } from 'vitest';
import { archiveContract } from '../../../test/contract/archive-contract.ts';
import { createTestDatabase, testServer } from '../../../test/test-postgres.ts';
import { openPostgres } from '../../adapters/postgres/postgres-database.ts';

const server = testServer();

describe.skipIf(server === undefined)('PostgreSQL', () => {
  archiveContract('PostgreSQL', async () => {
    const one = await createTestDatabase(server!);
    return { open: () => openPostgres(one.settings), drop: () => one.drop() };
  });
});
