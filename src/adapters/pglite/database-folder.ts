import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The folder of the embedded database: `pgdata/`, and beside it the file `open` while a process has it open.
 *
 * PGlite never flushes (fsync is off). When its process dies, the system still has every page that it wrote, and
 * PostgreSQL recovers from its write-ahead log as it always does. When the machine dies, any part of what was written
 * may be gone, and recovery may go by half a log without a sign. So `open` holds the id of the machine's boot.
 */
export interface DatabaseFolder {
  /** For PGlite. */
  readonly pgdata: string;
  /** Why what is in it cannot be trusted, if so. */
  readonly doubt: string | undefined;
  /** Deletes the database; it is rebuilt from the log. */
  empty(): Promise<void>;
  /** To be called after a clean close. */
  closed(): Promise<void>;
}

/** Creates the folder if need be, for its owner only: it holds personal data. */
export async function openDatabaseFolder(folder: string): Promise<DatabaseFolder> {
  const pgdata = join(folder, 'pgdata');
  const openFile = join(folder, 'open');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const boot = await bootId();
  const openedIn = await readIfThere(openFile);
  const trusted = openedIn === undefined || (boot !== undefined && openedIn === boot);
  const markOpen = (): Promise<void> => writeFile(openFile, boot ?? '', { mode: 0o600 });
  if (trusted) await markOpen();
  return {
    pgdata,
    doubt: trusted ? undefined : 'the machine stopped while it was open',
    async empty(): Promise<void> {
      await rm(pgdata, { recursive: true, force: true });
      await markOpen();
    },
    async closed(): Promise<void> {
      await rm(openFile, { force: true });
    },
  };
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
