import { LivetallyError } from '../../error.ts';
import type { DatabaseSession, DatabaseValue } from '../../ports/database.ts';

/** One connection to a PostgreSQL of any kind, with nobody else on it. Rejects with LT_DATABASE, LT_DATABASE_AWAY. */
export interface SqlConnection {
  /** `command` is `COMMIT`, `SELECT` … */
  query(sql: string, parameters: readonly unknown[]): Promise<{ rows: object[]; command: string | undefined }>;
  script(sql: string): Promise<void>;
  copy(table: string, columns: readonly string[], rows: Iterable<readonly DatabaseValue[]>): Promise<void>;
}

/** All of `work` or nothing, as ports/database.ts promises. */
export async function runTransaction<Result>(
  connection: SqlConnection,
  work: (session: DatabaseSession) => Promise<Result>,
): Promise<Result> {
  const { session, end } = createSession(connection);
  await connection.query('BEGIN', []);
  try {
    const result = await work(session).finally(end);
    await commit(connection);
    return result;
  } catch (error) {
    await connection.query('ROLLBACK', []).catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

/** A transaction with a refused statement in it ends in ROLLBACK, whatever one asks for. */
async function commit(connection: SqlConnection): Promise<void> {
  const { command } = await connection.query('COMMIT', []);
  if (command === 'COMMIT') return;
  throw new LivetallyError('LT_DATABASE', 'The transaction was rolled back: a statement in it had been refused.');
}

function createSession(connection: SqlConnection): { session: DatabaseSession; end: () => void } {
  let ended = false;
  function live(): SqlConnection {
    if (ended) throw new LivetallyError('LT_DATABASE', 'The transaction of this session has ended.');
    return connection;
  }
  const session: DatabaseSession = {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      return (await live().query(sql, parameters)).rows as Row[];
    },
    script: async (sql) => live().script(sql),
    copy: async (table, columns, rows) => live().copy(table, columns, rows),
  };
  return { session, end: () => void (ended = true) };
}
