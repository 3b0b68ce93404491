/**
 * The database: candidates, voters and results for queries in SQL. A projection of the log: it can be deleted at any
 * time and is rebuilt, and nothing in it is needed to accept, count or publish ballots.
 *
 * What every adapter promises (contract suite: test/contract/database-contract.ts):
 * - D1 `open` brings the schema up to date by the plain SQL files in `sql/`, each once, in order.
 * - D2 A transaction happens whole or not at all, also when the process dies in it.
 * - D3 `copy` adds rows in bulk, in the transaction around it.
 * - D4 Values go in as parameters or copied rows, never as text in a statement.
 */
export interface Database {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** All of `work` or nothing. */
  transaction<Result>(work: (session: DatabaseSession) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface DatabaseSession {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Adds rows; a value is text, a number, a boolean or null, in the order of `columns`. */
  copy(table: string, columns: readonly string[], rows: Iterable<readonly DatabaseValue[]>): Promise<void>;
}

export type DatabaseValue = string | number | boolean | null;
