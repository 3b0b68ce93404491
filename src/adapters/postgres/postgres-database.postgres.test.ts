import { describe } from 'vitest';
import { databaseContract, type DatabaseUnderTest } from '../../../test/contract/database-contract.ts';
import { createTestDatabase, testServer } from '../../../test/test-postgres.ts';
import { openPostgres } from './postgres-database.ts';

const server = testServer();

describe.skipIf(server === undefined)('PostgreSQL', () => {
  databaseContract('PostgreSQL', async (): Promise<DatabaseUnderTest> => {
    const { settings, drop } = await createTestDatabase(server!);
    return { open: (sqlFolder) => openPostgres(settings, sqlFolder === undefined ? {} : { sqlFolder }), drop };
  });
});
