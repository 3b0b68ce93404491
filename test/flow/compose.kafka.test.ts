import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { BROKERS, need } from '../real-systems.ts';
import { compose, interpolated, ROOT } from './compose-file.ts';
import { passes, until } from './healthcheck.ts';

/**
 * No container runs here. What compose.yaml tells the images runs with the jars of infra/services, which are those of
 * the images: the same settings, but for names, ports and folders, and the same healthchecks.
 */
const SERVICES = join(ROOT, 'infra/services');
const API_VERSIONS = '/opt/kafka/bin/kafka-broker-api-versions.sh';
/** The check goes on trying where nobody is. */
const SOON_MS = 4000;
/** As in compose.yaml: a ZooKeeper that is just starting may take a connection and never answer it. */
const ZOOKEEPER_MS = 5000;

need({ broker: true }, 'the brokers of compose.yaml');
const has = (broker: string): boolean => BROKERS.some(({ name }) => name === broker);

let folder: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livetally-compose-'));
  started = [];
});

afterEach(async () => {
  // The last one first: a broker says goodbye to its ZooKeeper.
  for (const child of started.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  }
  rmSync(folder, { recursive: true });
});

describe.skipIf(!has('Kafka'))('the broker of compose.yaml', () => {
  it('[S9] starts with the settings of compose.yaml, and its healthcheck knows when', async () => {
    const [inside, host, controller] = (await freePorts(3)) as [number, number, number];
    const environment = Object.fromEntries(
      Object.entries(compose.services['kafka']!.environment!).map(([name, value]) => [
        name,
        interpolated(value, { LIVETALLY_KAFKA_PORT: String(host) })
          .replaceAll(':9092', `:${inside}`)
          .replaceAll(':29092', `:${host}`)
          .replaceAll(':9093', `:${controller}`)
          .replaceAll('//kafka:', '//localhost:')
          .replaceAll('//:', '//127.0.0.1:')
          .replaceAll('/var/lib/kafka/data', join(folder, 'data')),
      ]),
    );
    const properties = setUp(environment);
    expect(readFileSync(properties, 'utf8')).toContain(`log.dirs=${join(folder, 'data')}`);
    expect(isHealthy('kafka', inside, SOON_MS)).toBe(false);
    tool('kafka', 'kafka.Kafka', properties);
    await until(() => isHealthy('kafka', inside));
    expect(isHealthy('kafka', host)).toBe(true);
  });
});

describe.skipIf(!has('Kafka with ZooKeeper'))('the broker with ZooKeeper', () => {
  it('[S9] starts with the files that compose.yaml mounts, and both healthchecks know when', async () => {
    const [inside, host, zookeeper] = (await freePorts(3)) as [number, number, number];
    const { command, healthcheck } = compose.services['zookeeper']!;
    expect(command![0]).toBe('/opt/kafka/bin/zookeeper-server-start.sh');
    const check = healthcheck!.test.slice(1).map((word) => word.replace('/2181', `/${zookeeper}`));
    const zookeeperIsHealthy = (): boolean => passes(check, ZOOKEEPER_MS);

    expect(zookeeperIsHealthy()).toBe(false);
    const zookeeperFile = mounted('zookeeper', [
      ['clientPort=2181', `clientPort=${zookeeper}\nclientPortAddress=127.0.0.1`],
      ['/var/lib/kafka/data', join(folder, 'zookeeper')],
    ]);
    tool('kafka-zookeeper', 'org.apache.zookeeper.server.quorum.QuorumPeerMain', zookeeperFile);
    await until(zookeeperIsHealthy);

    const file = mounted('kafka-zookeeper', [
      ['zookeeper:2181', `127.0.0.1:${zookeeper}`],
      ['PLAINTEXT://:9092,HOST://:29092', `PLAINTEXT://127.0.0.1:${inside},HOST://127.0.0.1:${host}`],
      ['/var/lib/kafka/data', join(folder, 'data')],
    ]);
    const [script, , ...overrides] = compose.services['kafka-zookeeper']!.command!;
    expect(script).toBe('/opt/kafka/bin/kafka-server-start.sh');
    const advertised = overrides.map((word) =>
      interpolated(word, { LIVETALLY_KAFKA_PORT: String(host) }).replace('kafka:9092', `localhost:${inside}`),
    );
    tool('kafka-zookeeper', 'kafka.Kafka', file, ...advertised);
    await until(() => isHealthy('kafka-zookeeper', inside));
    expect(isHealthy('kafka-zookeeper', host)).toBe(true);
  });
});

/** What the image's own start does: settings of the environment to a file, and storage made for it. Returns the file. */
function setUp(environment: Readonly<Record<string, string>>): string {
  const [given, mount, made] = ['given', 'mount', 'made'].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [given, mount, made]) mkdirSync(each);
  for (const name of ['server.properties', 'log4j2.yaml', 'tools-log4j2.yaml']) writeFileSync(join(given, name), '');
  const words = ['setup', '--default-configs-dir', given, '--mounted-configs-dir', mount, '--final-configs-dir', made];
  const { status, stdout, stderr } = spawnSync(
    SERVICES,
    ['tool', 'kafka', 'kafka.docker.KafkaDockerWrapper', ...words],
    {
      env: { ...process.env, ...environment, CLUSTER_ID: '5L6g3nShT-eMCtK--X86sw' },
      encoding: 'utf8',
    },
  );
  expect({ status, said: stdout + stderr }).toMatchObject({ status: 0 });
  return join(made, 'server.properties');
}

/** A copy of the file that compose.yaml mounts into this service, with other names; each has to be there. */
function mounted(service: string, changes: readonly (readonly [string, string])[]): string {
  const { command, volumes = [] } = compose.services[service]!;
  const mount = volumes.find((volume) => typeof volume !== 'string');
  expect(command![1]).toBe((mount as { target: string }).target);
  let text = readFileSync(join(ROOT, (mount as { source: string }).source), 'utf8');
  for (const [old, fresh] of changes) {
    expect(text).toContain(old);
    text = text.replace(old, fresh);
  }
  const file = join(folder, `${service}.properties`);
  writeFileSync(file, text);
  return file;
}

function tool(service: string, ...words: readonly string[]): void {
  started.push(spawn(SERVICES, ['tool', service, ...words], { stdio: 'ignore' }));
}

/** The healthcheck of both brokers, with the class that the script runs. */
function isHealthy(service: string, port: number, limitMs = 15_000): boolean {
  const [kind, line = ''] = compose.services[service]!.healthcheck!.test;
  expect(kind).toBe('CMD-SHELL');
  expect(line).toContain(` ${API_VERSIONS} `);
  const ofScript = service === 'kafka' ? 'org.apache.kafka.tools' : 'kafka.admin';
  const here = line
    .replace(API_VERSIONS, `"${SERVICES}" tool ${service} ${ofScript}.BrokerApiVersionsCommand`)
    .replace('localhost:9092', `127.0.0.1:${port}`);
  return passes(['sh', '-c', here], limitMs);
}
