import { LivetallyError } from '../../error.ts';
import type { Database } from '../../ports/database.ts';
import type { Logger } from '../../ports/effects.ts';
import { publicUrl, type PostgresSettings } from '../../ports/postgres-settings.ts';
import { migrate } from '../sql/migrate.ts';
import { runTransaction } from '../sql/transaction.ts';
import { useConnection, type TakenConnection } from './postgres-connection.ts';
import { connectError } from './postgres-error.ts';
import { openPool, type ConnectionPool } from './postgres-pool.ts';

export interface PostgresOptions {
  /** Hears when voters' data would cross a network in clear. */
  readonly logger?: Logger;
  /** Instead of the package's own. */
  readonly sqlFolder?: string;
}

/**
 * A database on a PostgreSQL server, 15 or later, which others may use at the same time. Throws LT_DATABASE_AWAY,
 * LT_DATABASE: a database that holds another program's tables, or those of another version, is left as it is.
 */
export async function openPostgres(settings: PostgresSettings, options: PostgresOptions = {}): Promise<Database> {
  if (settings.tls === undefined && !isLocal(settings.host)) {
    options.logger?.warn(
      { database: publicUrl(settings) },
      'The connection to the database is not encrypted: whoever is on the network can read the voters’ data. Add ?sslmode=verify-full to DATABASE_URL.',
    );
  }
  const database = createDatabase(openPool(settings), settings);
  try {
    await requireUnicode(database, settings);
    await migrate(database, options.sqlFolder);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function createDatabase(pool: ConnectionPool, settings: PostgresSettings): Database {
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  async function withConnection<Result>(work: (connection: TakenConnection) => Promise<Result>): Promise<Result> {
    const client = await pool.take().catch((cause: unknown) => {
      throw connectError(cause, settings);
    });
    const connection = useConnection(client, settings);
    try {
      // One that lay in the pool may lead nowhere by now.
      await connection.probe();
      return await work(connection);
    } finally {
      connection.release();
    }
  }

  async function use<Result>(work: (connection: TakenConnection) => Promise<Result>): Promise<Result> {
    if (closing !== undefined) throw new LivetallyError('LT_DATABASE', 'The database was closed.');
    const done = withConnection(work);
    underWay.add(done);
    return done.finally(() => underWay.delete(done));
  }

  return {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      const { rows } = await use((connection) => connection.query(sql, parameters));
      return rows as Row[];
    },
    transaction: (work) => use((connection) => runTransaction(connection, work)),
    close: () =>
      // Not the pool alone: it forgets who waits for a connection.
      (closing ??= Promise.allSettled(underWay).then(() => pool.close())),
  };
}

/** Names are in every script: a server that cannot hold one of their letters would refuse its voter. */
async function requireUnicode(database: Database, settings: PostgresSettings): Promise<void> {
  const [found] = await database.query<{ encoding: string }>(`SELECT current_setting('server_encoding') AS encoding`);
  if (found?.encoding === 'UTF8') return;
  throw new LivetallyError(
    'LT_DATABASE',
    `The database ${publicUrl(settings)} holds text as ${found?.encoding}, not as UTF8.`,
    { next: `Make one that does: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0` },
  );
}
