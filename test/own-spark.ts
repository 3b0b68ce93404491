import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';

const SERVICES = join(import.meta.dirname, '../infra/services');
const PORTS = ['PORT', 'UI_PORT', 'MASTER_PORT', 'MASTER_UI_PORT', 'WORKER_1_PORT', 'WORKER_2_PORT'];

export type SparkPart = 'spark-master' | 'spark-worker-1' | 'spark-worker-2' | 'spark-connect';

/** A Spark cluster of one's own, whose parts are to be killed and started as one likes. About 1.5 GB when idle. */
export interface OwnSpark {
  readonly remote: string;
  readonly token: string;
  readonly checkpoints: string;
  /** The master's web page, which also tells in JSON. */
  readonly master: string;
  readonly ui: string;
  state(): Promise<SparkState>;
  /** Ends it at once, as a crash does. */
  kill(part: SparkPart | 'executor'): Promise<void>;
  /** Resolves when it is ready. */
  start(part: SparkPart): Promise<void>;
  /** Whatever has ended is started; resolves when all of it is ready. */
  up(): Promise<void>;
  drop(): Promise<void>;
}

export interface SparkState {
  readonly state: string;
  readonly parts: readonly { readonly name: SparkPart; readonly state: string; readonly pid?: number }[];
  readonly executorPids: readonly number[];
}

export async function startOwnSpark(): Promise<OwnSpark> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-own-spark-'));
  const ports = await freePorts(PORTS.length);
  const environment = {
    ...process.env,
    LIVETALLY_SERVICES: join(folder, 's'),
    ...Object.fromEntries(PORTS.map((name, at) => [`LIVETALLY_SPARK_${name}`, String(ports[at])])),
  };
  const run = async (...words: string[]): Promise<string> =>
    (await promisify(execFile)(SERVICES, words, { env: environment })).stdout;
  const state = async (): Promise<SparkState> => {
    const all = JSON.parse(await run('status', '--json')) as (SparkState & { name: string })[];
    return all.find(({ name }) => name === 'spark')!;
  };
  await run('up', 'spark');
  const [port, ui, , master] = ports;
  const data = join(folder, 's', 'spark');
  return {
    remote: `sc://127.0.0.1:${port}`,
    token: (await readFile(join(data, 'token'), 'utf8')).trim(),
    checkpoints: `file://${data}/checkpoints`,
    master: `http://127.0.0.1:${master}`,
    ui: `http://127.0.0.1:${ui}`,
    state,
    async kill(part) {
      const { parts, executorPids } = await state();
      const pid = part === 'executor' ? executorPids[0] : parts.find(({ name }) => name === part)?.pid;
      if (pid === undefined) throw new Error(`${part} does not live`);
      process.kill(pid, 'SIGKILL');
    },
    start: async (part) => void (await run('start', part)),
    up: async () => void (await run('up', 'spark')),
    async drop() {
      await run('down', 'spark');
      await rm(folder, { recursive: true });
    },
  };
}
