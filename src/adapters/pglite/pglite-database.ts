import { LivetallyError } from '../../error.ts';
import type { Database } from '../../ports/database.ts';
import type { Logger } from '../../ports/effects.ts';
import { copyStatement, copyText } from '../sql/copy-text.ts';
import { migrate } from '../sql/migrate.ts';
import { runTransaction, type SqlConnection } from '../sql/transaction.ts';
import { openDatabaseFolder, type DatabaseFolder } from './database-folder.ts';
import { openPgliteClient, type PgliteClient } from './pglite-client.ts';

export interface PgliteOptions {
  /** Hears when a database is thrown away. */
  readonly logger?: Logger;
  /** Instead of the package's own. */
  readonly sqlFolder?: string;
}

/**
 * The embedded database, in memory or in a folder that no other process has open. A folder that does not open, was
 * made by another version, or was open when the machine stopped is emptied: it is a projection of the log, never the
 * truth. Throws LT_DATABASE.
 */
export async function openPglite(folder: string | undefined, options: PgliteOptions = {}): Promise<Database> {
  if (folder === undefined) return open(undefined, options.sqlFolder, async () => {});
  const place = await ownFolder(folder);
  async function attempt(): Promise<Database> {
    const database = await open(place.pgdata, options.sqlFolder, () => place.closed());
    try {
      await place.opened();
      return database;
    } catch (cause) {
      // Its thread would keep the process running, and hold files that are about to be deleted.
      await database.close();
      throw cause;
    }
  }
  let why = place.doubt;
  if (why === undefined) {
    try {
      return await attempt();
    } catch (error) {
      why = reasonOf(error);
    }
  }
  options.logger?.warn({ folder, why }, 'The database cannot be trusted; it is emptied and rebuilt from the log.');
  await place.empty();
  return attempt();
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message;
}

async function ownFolder(folder: string): Promise<DatabaseFolder> {
  try {
    return await openDatabaseFolder(folder);
  } catch (cause) {
    throw new LivetallyError('LT_DATABASE', `The database folder ${folder} cannot be used.`, {
      next: 'Name a folder that can be written.',
      cause,
    });
  }
}

async function open(
  pgdata: string | undefined,
  sqlFolder: string | undefined,
  closed: () => Promise<void>,
): Promise<Database> {
  const client = await openPgliteClient(pgdata);
  const database = createDatabase(client, closed);
  try {
    await migrate(database, sqlFolder);
    return database;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** One connection, so one user at a time: `inTurn` keeps everyone else waiting for the end of a transaction. */
function createDatabase(client: PgliteClient, closed: () => Promise<void>): Database {
  const connection = connectionOf(client);
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = last.then(work, work);
    last = done;
    return done;
  }

  return {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      const { rows } = await inTurn(() => connection.query(sql, parameters));
      return rows as Row[];
    },
    transaction: (work) => inTurn(() => runTransaction(connection, work)),
    close: () =>
      inTurn(async () => {
        // One that has stopped already is closed; that it did not end well shows at the next opening.
        const clean = await client.ask({ kind: 'close' }).then(
          () => true,
          () => false,
        );
        await client.end();
        if (clean) await closed();
      }),
  };
}

function connectionOf(client: PgliteClient): SqlConnection {
  return {
    query: (sql, parameters) => client.ask({ kind: 'query', sql, parameters }),
    script: async (sql) => void (await client.ask({ kind: 'script', sql })),
    async copy(table, columns, rows) {
      const sql = copyStatement(table, columns, `'/dev/blob'`);
      for (const bytes of copyText(columns, rows)) await client.ask({ kind: 'copy', sql, bytes });
    },
  };
}
