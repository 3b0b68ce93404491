import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresSettings } from '../src/ports/postgres-settings.ts';
import { freePort } from './free-ports.ts';

const SERVICES = join(import.meta.dirname, '../infra/services');

/** A PostgreSQL server of one's own, to be stopped, killed and started as one likes. */
export interface OwnPostgres {
  readonly settings: PostgresSettings;
  /** Its data folder. */
  readonly folder: string;
  stop(): Promise<void>;
  /** Ends every process of it at once, as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops or continues every process of it, with SIGSTOP and SIGCONT: it holds its connections and answers nothing. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  drop(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  // In /tmp itself: the server's own user has to reach it.
  const services = await mkdtemp(join(tmpdir(), 'livetally-own-'));
  const port = await freePort();
  const environment = {
    ...process.env,
    LIVETALLY_SERVICES: join(services, 's'),
    LIVETALLY_CACHE: join(services, 'cache'),
    LIVETALLY_POSTGRES_PORT: String(port),
  };
  const run = async (...words: string[]): Promise<void> => {
    await promisify(execFile)(SERVICES, words, { env: environment });
  };
  await promisify(execFile)('chmod', ['711', services]);
  await run('up', 'postgres');
  const folder = join(services, 's', 'postgres');
  const mainProcess = async (): Promise<number> =>
    Number((await readFile(join(folder, 'db', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
  return {
    settings: { host: '127.0.0.1', port, user: 'livetally', password, database: 'livetally' },
    folder: join(folder, 'db'),
    stop: () => run('stop', 'postgres'),
    kill: async () => void process.kill(await mainProcess(), 'SIGKILL'),
    start: () => run('start', 'postgres'),
    async signal(name) {
      const main = await mainProcess();
      const { stdout } = await promisify(execFile)('pgrep', ['-P', String(main)]);
      for (const pid of [main, ...stdout.trim().split('\n').map(Number)]) process.kill(pid, name);
    },
    async drop() {
      await run('down', 'postgres');
      await rm(services, { recursive: true });
    },
  };
}
