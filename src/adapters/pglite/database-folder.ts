import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The folder of the embedded database: `pgdata/`, and beside it the file `open` while a process has it open.
 *
 * PGlite never flushes (fsync is off). When its process dies, the system still has every page that it wrote, and
 * PostgreSQL recovers from its write-ahead log as it always does. When the machine dies, any part of what was written
 * may be gone, and recovery may go by half a log without a sign. So `open` holds the id of the machine's boot, and
 * another word until a new database is complete: one that is half made may open without a sign, too.
 */
export interface DatabaseFolder {
  /** For PGlite. */
  readonly pgdata: string;
  /** Why what is in it cannot be trusted, if so. */
  readonly doubt: string | undefined;
  /** Deletes the database; it is rebuilt from the log. */
  empty(): Promise<void>;
  /** To be called once the database is open and complete. */
  opened(): Promise<void>;
  /** To be called after a clean close. */
  closed(): Promise<void>;
}

const MAKING = 'in the making';

/** Creates the folder if need be, for its owner only: it holds personal data. */
export async function openDatabaseFolder(folder: string): Promise<DatabaseFolder> {
  const pgdata = join(folder, 'pgdata');
  const openFile = join(folder, 'open');
  const boot = await bootId();
  const mark = (text: string): Promise<void> => writeFile(openFile, text, { mode: 0o600 });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const doubt = doubtOf(await readIfThere(openFile), boot);
  if (doubt === undefined) await mark(existsSync(pgdata) ? (boot ?? '') : MAKING);
  return {
    pgdata,
    doubt,
    async empty() {
      await mark(MAKING);
      await rm(pgdata, { recursive: true, force: true });
    },
    opened: () => mark(boot ?? ''),
    closed: () => rm(openFile, { force: true }),
  };
}

function doubtOf(openedIn: string | undefined, boot: string | undefined): string | undefined {
  if (openedIn === undefined || openedIn === boot) return undefined;
  return openedIn === MAKING ? 'its making was not finished' : 'the machine stopped while it was open';
}

/** Another one after every start of the machine; undefined where the system does not tell. */
async function bootId(): Promise<string | undefined> {
  return (await readIfThere('/proc/sys/kernel/random/boot_id'))?.trim();
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
