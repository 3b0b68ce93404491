import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';

const run = promisify(execFile);
const BROKERS = 3;
const START_MS = 90_000;

/** Three brokers, each a controller too, on the jars that infra/services has downloaded. */
export interface KafkaCluster extends AsyncDisposable {
  /** By broker, from 1 on. */
  readonly addresses: readonly string[];
  kill(broker: number): Promise<void>;
  /** Resolves when it listens again. */
  start(broker: number): Promise<void>;
}

export async function startCluster(): Promise<KafkaCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-cluster-'));
  const ports = await freePorts(2 * BROKERS);
  const nodes = Array.from({ length: BROKERS }, (_, at) => ({
    id: at + 1,
    port: ports[at]!,
    controller: ports[BROKERS + at]!,
    folder: join(folder, `${at + 1}`),
  }));
  const voters = nodes.map(({ id, controller }) => `${id}@127.0.0.1:${controller}`).join(',');
  const processes = new Map<number, ChildProcess>();

  for (const node of nodes) {
    const file = `${node.folder}.properties`;
    await writeFile(file, properties(node, voters));
    await run('java', ['-cp', jars(), 'kafka.tools.StorageTool', 'format', '-t', 'bGl2ZXRhbGx5LWNsdXN0ZQ', '-c', file]);
  }

  async function start(broker: number): Promise<void> {
    const { port, folder: data } = nodes[broker - 1]!;
    const words = ['-Xms256m', '-Xmx256m', '-cp', jars(), 'kafka.Kafka', `${data}.properties`];
    processes.set(broker, spawn('java', words, { stdio: 'ignore' }));
    const deadlineMs = performance.now() + START_MS;
    while (!(await answers(port))) {
      if (performance.now() > deadlineMs) throw new Error(`broker ${broker} does not start`);
      await sleep(100);
    }
  }

  async function kill(broker: number): Promise<void> {
    const child = processes.get(broker)!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  await Promise.all(nodes.map(({ id }) => start(id)));
  return {
    addresses: nodes.map(({ port }) => `127.0.0.1:${port}`),
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map(({ id }) => kill(id)));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Node {
  readonly id: number;
  readonly port: number;
  readonly controller: number;
  readonly folder: string;
}

function properties({ id, port, controller, folder }: Node, voters: string): string {
  return `
process.roles=broker,controller
node.id=${id}
controller.quorum.voters=${voters}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${folder}
auto.create.topics.enable=false
message.max.bytes=16777216
replica.fetch.max.bytes=16777216
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=8388608
`;
}

function jars(): string {
  const cache =
    process.env['LIVETALLY_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'livetally');
  const folders = readdirSync(cache).filter((name) => /^kafka-4[\d.]+-\w+$/.test(name));
  return join(cache, folders.toSorted().at(-1) ?? 'kafka-4', '*');
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
