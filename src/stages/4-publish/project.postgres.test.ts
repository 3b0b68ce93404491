import { describe, expect, test } from 'vitest';
import { projectionContract } from '../../../test/contract/projection-contract.ts';
import { openScene } from '../../../test/projection-scene.ts';
import { smallElection } from '../../../test/small-election.ts';
import { createTestDatabase, testServer } from '../../../test/test-postgres.ts';
import { openPostgres } from '../../adapters/postgres/postgres-database.ts';
import { projectToEnd } from './project.ts';

const server = testServer();

describe.skipIf(server === undefined)('PostgreSQL', () => {
  projectionContract('PostgreSQL', async () => {
    const one = await createTestDatabase(server!);
    return { open: () => openPostgres(one.settings), drop: () => one.drop() };
  });

  test('[X22] three projections at once, each with connections of its own, into a database of another log', async () => {
    const under = await createTestDatabase(server!);
    const databases = await Promise.all([1, 2, 3].map(() => openPostgres(under.settings)));
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    for (let round = 0; round < 8; round++) {
      const scene = await openScene(smallElection());
      await scene.register(1500 + 100 * round);
      await scene.vote(20);
      await scene.report();
      const written = await Promise.all(
        databases.map((database) => projectToEnd({ log: scene.log, database, electionId: 'small', logger })),
      );
      const sum = (of: 'registrations' | 'refused'): number => written.reduce((total, some) => total + some[of], 0);
      expect(sum('refused')).toBe(0);
      expect(await under.run('SELECT count(*)::int AS voters FROM voters')).toEqual([{ voters: 1500 + 100 * round }]);
      expect(await under.run(`SELECT counted::int FROM turnout WHERE value = '*'`)).toEqual([{ counted: 20 }]);
      await scene.drop();
    }
    await Promise.all(databases.map((database) => database.close()));
    await under.drop();
  });
});
