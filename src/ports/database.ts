/**
 * The database: candidates, voters and results for queries in SQL. A projection of the log: it can be deleted at any
 * time and is rebuilt, and nothing in it is needed to accept, count or publish ballots.
 *
 * What every adapter promises (contract suite: test/contract/database-contract.ts):
 * - D1 Opening brings the schema up to date by the plain SQL files in `sql/`, each once, in order, all or none.
 * - D2 A transaction happens whole or not at all, also when the process dies in it.
 * - D3 `copy` adds rows in bulk, in the transaction around it.
 * - D4 Values go in as parameters or copied rows, never as text in a statement, and come back as they went in: any
 *   Unicode text but the character NUL, which is refused by its row and column.
 * - D5 Numbers come back as numbers, dates and times as text in the way SQL writes them, in UTC.
 * - D6 A refused statement rejects with LT_DATABASE; its cause has the SQLSTATE; the database goes on.
 * - D7 An embedded database that cannot be trusted (it does not open, was open when the machine stopped, or was made
 *   by other files) is emptied at opening, which is said aloud; a server's is refused with LT_DATABASE and left as it is.
 * - D8 A server that cannot be reached, or ends the connection, rejects with LT_DATABASE_AWAY within a bound, and is used
 *   again, without being opened again, once it can be. Nothing of a transaction cut off has happened, unless it was
 *   its commit that got no answer: then all of it may have, so whoever tries again looks first.
 * - D9 Every table and column of the schema says in a comment what it holds.
 */
export interface Database {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /**
   * All of `work` or nothing. `work` uses its session and nothing else: other queries may have to wait for its end,
   * so one that it waits for itself never comes. A session is of no use after its transaction.
   */
  transaction<Result>(work: (session: DatabaseSession) => Promise<Result>): Promise<Result>;
  /** Waits for what is under way; the database is of no use afterwards. */
  close(): Promise<void>;
}

export interface DatabaseSession {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Several statements, without parameters. */
  script(sql: string): Promise<void>;
  /** Adds rows; a value is text, a number, a boolean or null, in the order of `columns`. */
  copy(table: string, columns: readonly string[], rows: Iterable<readonly DatabaseValue[]>): Promise<void>;
}

export type DatabaseValue = string | number | boolean | null;

/** The SQLSTATE of a refused statement, such as `23505`, or undefined when the failure is of another kind. */
export function sqlState(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
