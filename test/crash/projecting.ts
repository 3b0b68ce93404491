/** The process that killed-projection.ts kills: projects a log into a database, a line of output for each step. */
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import { openPglite } from '../../src/adapters/pglite/pglite-database.ts';
import { openPostgres } from '../../src/adapters/postgres/postgres-database.ts';
import { readPostgresSettings } from '../../src/app/postgres-environment.ts';
import type { Database } from '../../src/ports/database.ts';
import type { Logger } from '../../src/ports/effects.ts';
import { projectToEnd } from '../../src/stages/4-publish/project.ts';

const [logFolder, address, electionId] = process.argv.slice(2) as [string, string, string];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const logger: Logger = { info: () => {}, warn: (_fields, message) => say(message), error: () => {} };

const log = await openLmdbLog(logFolder);
say('opening');
const settings = readPostgresSettings({ ...process.env, DATABASE_URL: address.startsWith('postgres:') ? address : '' });
const database = await (settings === undefined ? openPglite(address, { logger }) : openPostgres(settings, { logger }));
const [found] = await database.query<{ rows: number; position: number }>(
  `SELECT (SELECT count(*) FROM voters) AS rows,
     coalesce((SELECT position FROM projections WHERE topic = 'voters'), 0) AS position`,
);
say(`opened ${found!.rows} ${found!.position}`);
await projectToEnd({ log, database: telling(database), electionId, logger });
await database.close();
await log.close();
say('ended');

function telling(database: Database): Database {
  return {
    ...database,
    async transaction(work) {
      const result = await database.transaction(work);
      say('step');
      return result;
    },
  };
}
