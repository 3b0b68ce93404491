import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LivetallyError } from '../../error.ts';
import { sqlState, type Database, type DatabaseSession } from '../../ports/database.ts';

/** `sql/` of this package; the same distance from `src/` and from `dist/`. */
const SQL_FOLDER: string = fileURLToPath(new URL('../../../sql', import.meta.url));

/** Any number, as long as it stays: whoever migrates a database holds the lock of this number. */
const LOCK = 7_301_984;

interface Migration {
  readonly file: string;
  readonly sha256: string;
}

/**
 * Brings the schema up to date: runs the files that were not run yet, in the order of their names, in one
 * transaction. Throws LT_DATABASE when the database was made by other files, or has other tables with these names.
 */
export async function migrate(database: Database, folder: string = SQL_FOLDER): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const scripts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const migrations = files.map((file, at) => ({ file, sha256: sha256(scripts[at]!) }));
  await database.transaction(async (session) => {
    const done = await migrationsDone(session);
    checkSame(done, migrations);
    for (let at = done.length; at < migrations.length; at++) {
      await session.script(scripts[at]!).catch(refuseForeign);
      const { file, sha256 } = migrations[at]!;
      await session.query('INSERT INTO livetally_migrations (file, sha256) VALUES ($1, $2)', [file, sha256]);
    }
  });
}

/** Under a name that no other program's migrations have. */
async function migrationsDone(session: DatabaseSession): Promise<Migration[]> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  await session.script(`CREATE TABLE IF NOT EXISTS livetally_migrations (file text PRIMARY KEY, sha256 text NOT NULL);
    COMMENT ON TABLE livetally_migrations IS 'The files of sql/ that made this schema';
    COMMENT ON COLUMN livetally_migrations.file IS 'Its name; files run in the order of their names';
    COMMENT ON COLUMN livetally_migrations.sha256 IS 'Of its text: a file that has changed is another version'`);
  return session.query<Migration>('SELECT file, sha256 FROM livetally_migrations ORDER BY file COLLATE "C"');
}

function checkSame(done: readonly Migration[], migrations: readonly Migration[]): void {
  done.forEach(({ file, sha256 }, at) => {
    const own = migrations[at];
    if (own?.file === file && own.sha256 === sha256) return;
    if (at >= migrations.length) throw otherVersion(`a newer version of livetally: this one has no ${file}`);
    throw otherVersion(`another version of livetally: ${file} differs`);
  });
}

function otherVersion(which: string): LivetallyError {
  return new LivetallyError('LT_DATABASE', `The database was made by ${which}.`, {
    next: 'Run that version, or delete the database or name an empty one: everything in it is rebuilt from the log.',
  });
}

/** SQLSTATE 42P07: a table or index, 42710: some other object. */
function refuseForeign(error: unknown): never {
  if (!/^(?:42P07|42710)$/.test(sqlState(error) ?? '')) throw error;
  const { message } = (error as Error).cause as Error;
  throw new LivetallyError('LT_DATABASE', `The database holds tables that livetally did not make: ${message}.`, {
    next: 'Name an empty database: livetally leaves what it did not make as it is.',
    cause: (error as Error).cause,
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
