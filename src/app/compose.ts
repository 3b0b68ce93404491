import { join } from 'node:path';
import type { Database } from '../ports/database.ts';
import type { Logger } from '../ports/effects.ts';
import type { Log } from '../ports/log.ts';
import { openDataFolder, type DataFolder } from './data-folder.ts';

/** The systems behind the ports, as configured. The only file that imports adapters. */
export interface Stores extends AsyncDisposable {
  readonly folder: DataFolder;
  readonly files: DataFiles;
  readonly log: Log;
  /** Opened on first use, then the same. */
  database(): Promise<Database>;
}

/** Where what lies in the data folder. All but the log and the key can be made again. */
export interface DataFiles {
  readonly log: string;
  /** The election as it was defined, for commands that are not given one. */
  readonly election: string;
  readonly database: string;
  readonly snapshot: string;
  readonly simulatorCursor: string;
}

export function dataFiles(folder: string): DataFiles {
  return {
    log: join(folder, 'log'),
    election: join(folder, 'election.json'),
    database: join(folder, 'database'),
    snapshot: join(folder, 'tally.snapshot'),
    simulatorCursor: join(folder, 'simulator.cursor'),
  };
}

/** Throws LT_DATA_LOCKED, LT_DATA_FOLDER. */
export async function openStores(path: string, command: string, logger: Logger): Promise<Stores> {
  const folder = await openDataFolder(path, { command: `livetally ${command}` });
  const files = dataFiles(folder.path);
  try {
    const log = await openLog(files.log);
    let database: Promise<Database> | undefined;
    return {
      folder,
      files,
      log,
      database: () => (database ??= openDatabase(files.database, logger)),
      async [Symbol.asyncDispose]() {
        await (await database)?.close();
        await log.close();
        await folder.close();
      },
    };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** For a thread of the process that has the data folder; others open the stores. */
export async function openLog(folder: string): Promise<Log> {
  const { openLmdbLog } = await import('../adapters/lmdb/lmdb-log.ts');
  return openLmdbLog(folder);
}

async function openDatabase(folder: string, logger: Logger): Promise<Database> {
  const { openPglite } = await import('../adapters/pglite/pglite-database.ts');
  return openPglite(folder, { logger });
}
