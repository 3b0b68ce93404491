import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';

const run = promisify(execFile);
const SERVICES = fileURLToPath(new URL('../infra/services', import.meta.url));

/** A broker of one's own, by infra/services on free ports: for tests that kill it while others use theirs. */
export interface Broker extends AsyncDisposable {
  readonly address: string;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
  /** After `kill`: with its data, resolves when it is ready. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay, answers do not come. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export type BrokerKind = 'kafka' | 'kafka-zookeeper';

export async function startBroker(kind: BrokerKind): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-broker-'));
  const [port, ...others] = await freePorts(3);
  const env = {
    ...process.env,
    LIVETALLY_SERVICES: join(folder, 'services'),
    LIVETALLY_KAFKA_HEAP: '512m',
    LIVETALLY_KAFKA_PORT: `${port}`,
    LIVETALLY_KAFKA_CONTROLLER_PORT: `${others[0]}`,
    LIVETALLY_KAFKA_ZOOKEEPER_PORT: `${port}`,
    LIVETALLY_ZOOKEEPER_PORT: `${others[1]}`,
  };
  const services = (...words: string[]): Promise<{ stdout: string }> => run(SERVICES, words, { env });

  async function processId(): Promise<number | undefined> {
    const { stdout } = await services('status', '--json');
    const found = JSON.parse(stdout) as { name: string; pid?: number }[];
    return found.find(({ name }) => name === kind)?.pid;
  }

  async function signal(name: NodeJS.Signals): Promise<void> {
    const pid = await processId();
    if (pid === undefined) throw new Error(`${kind} does not run`);
    process.kill(pid, name);
  }

  await services('up', kind);
  return {
    address: `127.0.0.1:${port}`,
    async kill() {
      await signal('SIGKILL');
      while ((await processId()) !== undefined) await sleep(50);
    },
    async start() {
      await services('start', kind);
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await services('down', kind);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
