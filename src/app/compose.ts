import { join } from 'node:path';
import { LivetallyError } from '../error.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Database } from '../ports/database.ts';
import type { Logger } from '../ports/effects.ts';
import type { Log } from '../ports/log.ts';
import { openDataFolder, unownedFolder, type DataFolder } from './data-folder.ts';
import { readSystems, type Systems } from './systems.ts';

/** The systems behind the ports, as configured. The only file that imports adapters. */
export interface Stores extends AsyncDisposable {
  readonly folder: DataFolder;
  readonly files: DataFiles;
  readonly systems: Systems;
  readonly log: Log;
  /** Where a thread of this process opens the log once more. */
  readonly logSource: LogSource;
  /** Opened on first use, then the same. Throws LT_DATABASE, LT_DATABASE_AWAY. */
  database(): Promise<Database>;
  /** Opened on first use, then the same; undefined when the count runs in this process. Throws nothing yet. */
  cluster(): Promise<Cluster | undefined>;
}

/** Where what lies in the data folder. All but the log and the key can be made again. */
export interface DataFiles {
  /** Of the embedded log. */
  readonly log: string;
  /** The election as it was defined, for commands that are not given one; with the embedded log only. */
  readonly election: string;
  /** Of the embedded database. */
  readonly database: string;
  readonly snapshot: string;
  readonly simulatorCursor: string;
}

export interface StoresOptions {
  /** The data folder. */
  readonly data: string;
  /** The name of the command, for whoever finds the folder taken. */
  readonly command: string;
  /**
   * What the command keeps between two runs, in a folder of this name inside the data folder, when the log is on a
   * broker: only one process at a time has it. Without a name it keeps nothing, and any number may run.
   */
  readonly keeps?: string | undefined;
  readonly logger: Logger;
}

export type LogSource = { readonly folder: string } | { readonly kafka: Exclude<Systems['log'], 'embedded'> };

export function dataFiles(folder: string): DataFiles {
  return {
    log: join(folder, 'log'),
    election: join(folder, 'election.json'),
    database: join(folder, 'database'),
    snapshot: join(folder, 'tally.snapshot'),
    simulatorCursor: join(folder, 'simulator.cursor'),
  };
}

/** Throws LT_DATA_LOCKED, LT_DATA_FOLDER, LT_USAGE, LT_LOG_AWAY, LT_LOG_ACCESS. */
export async function openStores(options: StoresOptions, systems: Systems = readSystems()): Promise<Stores> {
  const folder = await ownFolder(options, systems);
  const files = dataFiles(folder.path);
  const logSource = systems.log === 'embedded' ? { folder: files.log } : { kafka: systems.log };
  try {
    const log = await openLog(logSource);
    let database: Promise<Database> | undefined;
    let cluster: Promise<Cluster | undefined> | undefined;
    return {
      folder,
      files,
      systems,
      log,
      logSource,
      database() {
        database ??= openDatabase(systems, files.database, options.logger);
        // A server that was away may be there the next time.
        database.catch(() => (database = undefined));
        return database;
      },
      cluster: () => (cluster ??= openCluster(systems)),
      async [Symbol.asyncDispose]() {
        await (await cluster)?.close();
        // One that did not open has said so to whoever asked for it.
        await (await database?.catch(() => undefined))?.close();
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
export async function openLog(source: LogSource): Promise<Log> {
  if ('kafka' in source) {
    const { openKafkaLog } = await import('../adapters/kafka/kafka-log.ts');
    return openKafkaLog(source.kafka);
  }
  const { openLmdbLog } = await import('../adapters/lmdb/lmdb-log.ts');
  return openLmdbLog(source.folder);
}

async function ownFolder({ data, command, keeps }: StoresOptions, { log }: Systems): Promise<DataFolder> {
  const as = { command: `livetally ${command}` };
  if (log === 'embedded') return openDataFolder(data, as);
  return keeps === undefined ? unownedFolder(data) : openDataFolder(join(data, keeps), as);
}

async function openCluster({ log, engine }: Systems): Promise<Cluster | undefined> {
  if (engine === 'in-process' || log === 'embedded') return undefined;
  const { openSparkCluster } = await import('../adapters/spark/spark-cluster.ts');
  return openSparkCluster(engine, log);
}

async function openDatabase({ database }: Systems, folder: string, logger: Logger): Promise<Database> {
  if (database === 'none') {
    throw new LivetallyError('LT_USAGE', 'No database is named, and the log is on a broker.', {
      next: 'Set DATABASE_URL (or DATABASE_URL_FILE) to a PostgreSQL server: postgres://user@host:5432/database',
    });
  }
  if (database !== 'embedded') {
    const { openPostgres } = await import('../adapters/postgres/postgres-database.ts');
    return openPostgres(database, { logger });
  }
  const { openPglite } = await import('../adapters/pglite/pglite-database.ts');
  return openPglite(folder, { logger });
}
