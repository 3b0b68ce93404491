import { LivetallyError } from '../../error.ts';
import type { Database, DatabaseSession, DatabaseValue } from '../../ports/database.ts';
import type { Logger } from '../../ports/effects.ts';
import { copyStatement, copyText } from '../sql/copy-text.ts';
import { migrate } from '../sql/migrate.ts';
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
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = last.then(work, work);
    last = done;
    return done;
  }

  return {
    query: (sql, parameters) => inTurn(() => query(client, sql, parameters)),
    transaction: (work) => inTurn(() => transaction(client, work)),
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

async function query<Row extends object>(
  client: PgliteClient,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await client.ask({ kind: 'query', sql, parameters });
  return rows as Row[];
}

async function transaction<Result>(
  client: PgliteClient,
  work: (session: DatabaseSession) => Promise<Result>,
): Promise<Result> {
  const { session, end } = createSession(client);
  await query(client, 'BEGIN');
  try {
    const result = await work(session).finally(end);
    await commit(client);
    return result;
  } catch (error) {
    await query(client, 'ROLLBACK').catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

/** A transaction with a refused statement in it ends in ROLLBACK, whatever one asks for. */
async function commit(client: PgliteClient): Promise<void> {
  const { command } = await client.ask({ kind: 'query', sql: 'COMMIT', parameters: [] });
  if (command === 'COMMIT') return;
  throw new LivetallyError('LT_DATABASE', 'The transaction was rolled back: a statement in it had been refused.');
}

function createSession(client: PgliteClient): { session: DatabaseSession; end: () => void } {
  let ended = false;
  function live(): PgliteClient {
    if (ended) throw new LivetallyError('LT_DATABASE', 'The transaction of this session has ended.');
    return client;
  }
  const session: DatabaseSession = {
    query: async (sql, parameters) => query(live(), sql, parameters),
    script: async (sql) => void (await live().ask({ kind: 'script', sql })),
    copy: async (table, columns, rows) => copy(live(), table, columns, rows),
  };
  return { session, end: () => void (ended = true) };
}

async function copy(
  client: PgliteClient,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly DatabaseValue[]>,
): Promise<void> {
  const sql = copyStatement(table, columns, `'/dev/blob'`);
  for (const bytes of copyText(columns, rows)) await client.ask({ kind: 'copy', sql, bytes });
}
