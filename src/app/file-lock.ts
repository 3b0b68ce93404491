import { DatabaseSync } from 'node:sqlite';

/**
 * A lock that the operating system lets go when its process ends, also by kill -9, so that none is ever left behind and
 * nobody has to judge whether a process number is still the same process. Node offers no flock; its SQLite has one.
 * The file is empty and stays: only its lock counts.
 */
export interface FileLock {
  release(): void;
}

/** Long enough for a look by `isLocked` to end. */
const PATIENCE_MS = 200;
const SQLITE_BUSY = 5;

/** The lock, or undefined when another process has it. */
export function takeLock(file: string): FileLock | undefined {
  const database = new DatabaseSync(file, { timeout: PATIENCE_MS });
  if (!succeeds(database, 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')) return undefined;
  return { release: () => database.close() };
}

export function isLocked(file: string): boolean {
  const database = new DatabaseSync(file, { readOnly: true });
  if (!succeeds(database, 'SELECT name FROM sqlite_schema')) return true;
  database.close();
  return false;
}

/** False, and closed, when the lock of another process is in the way. */
function succeeds(database: DatabaseSync, statement: string): boolean {
  try {
    database.exec(statement);
    return true;
  } catch (cause) {
    database.close();
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw cause;
  }
}
