import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { OPTIONS } from '../../src/app/options.ts';
import { readSparkCluster, SPARK_ENVIRONMENT } from '../../src/app/spark-environment.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { freePort } from '../free-ports.ts';
import {
  compose,
  composeText,
  interpolated,
  requiredSettings,
  ROOT,
  services,
  stages,
  withProfile,
} from './compose-file.ts';

const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const sparkDockerfile = readFileSync(join(ROOT, 'infra/compose/spark.Dockerfile'), 'utf8');
const bases = basesOf(dockerfile);
/** A version to its last number, such as `4.3.1`, `17.10-bookworm` or `24.21.0-bookworm-slim`. */
const EXACT = /^[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+-?[\d.]*)*$/;
/** livetally's own, beside those of its options. */
const SYSTEM_NAMES = [
  'KAFKA_BOOTSTRAP_SERVERS',
  'DATABASE_URL',
  'LIVETALLY_KEY',
  'LIVETALLY_FEED_TOKEN',
  ...Object.keys(SPARK_ENVIRONMENT),
];
/** What all containers may have together, in MiB. */
const MEMORY_MIB = 4096;
const SECRET = /PASSWORD|KEY|TOKEN|SECRET/;

const folder = mkdtempSync(join(tmpdir(), 'livetally-compose-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('[S3] every image is pinned to an exact version, and Node is the one that livetally is developed with', () => {
  const foreign = services.filter(([, { build }]) => build === undefined).map(([, { image }]) => image);
  for (const image of [...foreign, ...bases, ...basesOf(sparkDockerfile)]) expect(image).toMatch(EXACT);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: { node: string };
  };
  expect(new Set(bases)).toEqual(new Set([`node:${manifest.devDependencies.node}-bookworm-slim`]));
  for (const [name, { build, image }] of services) {
    if (build !== undefined) expect(image, name).toBe(build === '.' ? 'livetally:local' : 'livetally-spark:local');
  }
  // The connector is of the same version as Spark.
  const version = basesOf(sparkDockerfile).at(-1)!.split(/[:-]/)[1]!;
  const connector = readFileSync(join(ROOT, 'infra/services.d/spark-connector.sha256'), 'utf8');
  expect(connector).toContain(`spark-sql-kafka-0-10_2.13-${version}.jar`);
});

it('[S4] only this machine reaches the ports of the containers', () => {
  const published = services.flatMap(([, { ports = [] }]) => ports.map((port) => interpolated(port)));
  expect(published).toContain('127.0.0.1:29092:29092');
  expect(published).toContain('127.0.0.1:5432:5432');
  expect(published).toContain('127.0.0.1:8501:8501');
  expect(published).toContain('127.0.0.1:15002:15002');
  for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  for (const [name, { network_mode }] of services) expect(network_mode, name).toBeUndefined();
});

it('[S5] no secret is in the repository: Compose asks for each, and says who makes them', () => {
  const required = requiredSettings(composeText);
  expect([...required.keys()].toSorted()).toEqual([
    'LIVETALLY_FEED_TOKEN',
    'LIVETALLY_KEY',
    'LIVETALLY_SPARK_SECRET',
    'LIVETALLY_SPARK_TOKEN',
    'POSTGRES_PASSWORD',
  ]);
  for (const [name, message] of required) expect(message, name).toBe('run infra/make-env');
  for (const [service, { environment = {} }] of services) {
    for (const [name, value] of Object.entries(environment)) {
      if (SECRET.test(name)) expect(value, `${service} ${name}`).toMatch(/^\$\{(\w+):\?run infra\/make-env\}$/);
    }
  }
  expect(composeText).not.toMatch(/:\/\/[^\s@$]*:[^\s@$]+@/);
  expect(readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')).toContain('.env');
  // Nothing that is not named gets into the image.
  for (const file of ['.dockerignore', 'infra/compose/spark.Dockerfile.dockerignore']) {
    const ignored = readFileSync(join(ROOT, file), 'utf8').split('\n');
    expect(ignored.filter((line) => line !== '' && !line.startsWith('#'))[0]).toBe('*');
    expect(ignored).not.toContain('!.env');
  }
});

it('[S5] infra/make-env writes them anew each time, for its owner alone, and never over old ones', () => {
  const [one, other] = ['one.env', 'other.env'].map((name) => join(folder, name)) as [string, string];
  const make = (file: string) => spawnSync(join(ROOT, 'infra/make-env'), [file], { encoding: 'utf8' });
  expect(make(one).status).toBe(0);
  expect(make(other).status).toBe(0);
  expect(statSync(one).mode & 0o777).toBe(0o600);
  const [first, second] = [one, other].map(read) as [Record<string, string>, Record<string, string>];
  for (const name of requiredSettings(composeText).keys()) {
    expect(first[name], name).toMatch(/^[0-9a-f]{48,}$/);
    expect(first[name], name).not.toBe(second[name]);
  }
  expect(first['LIVETALLY_KEY']).toHaveLength(64);

  const again = make(one);
  expect({ code: again.status, out: again.stdout }).toEqual({ code: 1, out: '' });
  expect(again.stderr).toContain('is there already');
  expect(read(one)).toEqual(first);
});

it('[S6] containers have no rights that they do not need, and those of livetally cannot write but to their data', () => {
  for (const [name, service] of services) {
    expect(service.cap_drop, name).toEqual(['ALL']);
    expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
    expect(service.privileged, name).toBeUndefined();
    if (name !== 'postgres') expect(service.cap_add, name).toBeUndefined();
    for (const volume of service.volumes ?? []) {
      if (typeof volume !== 'string') expect(volume.read_only, name).toBe(true);
      else expect(Object.keys(compose.volumes), name).toContain(volume.split(':')[0]);
    }
  }
  for (const [name, { read_only, user }] of stages) expect([read_only, user], name).toEqual([true, undefined]);
  const writers = stages.filter(([, { volumes = [] }]) => volumes.length > 0);
  expect(writers.map(([name, { volumes }]) => [name, volumes])).toEqual([
    ['register', ['register-data:/data']],
    ['vote', ['vote-data:/data']],
    ['tally', ['tally-data:/data']],
    ['tally-spark', ['tally-spark-data:/data']],
  ]);
  expect(dockerfile.split('\nFROM ').at(-1)).toMatch(/^USER node$/m);
  expect([...sparkDockerfile.matchAll(/^USER (.*)$/gm)].at(-1)![1]).toBe('spark');
});

it('[S7] what compose.yaml asks of livetally, livetally knows', () => {
  expect(stages.map(([name]) => name)).toEqual([
    'register',
    'vote',
    'intake',
    'tally',
    'tally-spark',
    'project',
    'dashboard',
  ]);
  for (const [service, { command = [], environment = {} }] of stages) {
    const known = COMMANDS.find(({ name }) => name === command[0]);
    expect(known, service).toBeDefined();
    const options = known!.options.map((option) => OPTIONS[option]);
    for (const flag of command.filter((word) => word.startsWith('--'))) {
      expect(
        options.map((option) => option.flag.split(' ')[0]),
        service,
      ).toContain(flag);
    }
    const names = [...SYSTEM_NAMES, ...options.map((option) => option.environment)];
    for (const name of Object.keys(environment)) expect(names, service).toContain(name);
  }
});

it('[S8] whatever goes on has a healthcheck, comes back, and is waited for by those that need it', () => {
  for (const [name, { healthcheck, restart, stop_grace_period, depends_on = {} }] of services) {
    const endsByItself = name === 'register';
    expect(healthcheck === undefined, name).toBe(endsByItself);
    expect(restart, name).toBe(endsByItself ? 'on-failure' : 'unless-stopped');
    expect(stop_grace_period, name).toMatch(/^\d+s$/);
    for (const [needed, { condition, required }] of Object.entries(depends_on)) {
      expect(condition, `${name} ${needed}`).toBe('service_healthy');
      // A dependency whose profile is not in use must not be asked for.
      expect(required !== false, `${name} ${needed}`).toBe(!needed.startsWith('kafka'));
    }
  }
  expect(Object.keys(compose.services['project']!.depends_on!)).toEqual(['kafka', 'kafka-zookeeper', 'postgres']);
});

it('[S8] one broker of the two answers to the name that livetally calls', () => {
  const brokers = ['kafka', 'kafka-zookeeper'].map((name) => compose.services[name]!);
  expect(brokers.map(({ profiles }) => profiles)).toEqual([['default', 'spark'], ['zookeeper']]);
  expect(compose.services['kafka-zookeeper']!.networks).toEqual({ default: { aliases: ['kafka'] } });
  for (const [name, { environment = {} }] of stages)
    expect(environment['KAFKA_BOOTSTRAP_SERVERS'], name).toBe('kafka:9092');
});

it('[S8] one of two counts, whatever the profile; with Spark it knows where that is, and waits for it', () => {
  for (const [profile, counts] of [
    ['default', 'tally'],
    ['zookeeper', 'tally'],
    ['spark', 'tally-spark'],
  ] as const) {
    const counting = withProfile(profile).filter(([, { command }]) => command?.[0] === 'tally');
    expect(counting.map(([name]) => name)).toEqual([counts]);
  }
  const { environment, depends_on } = compose.services['tally-spark']!;
  const set = { LIVETALLY_SPARK_TOKEN: 'a-token' };
  const given = Object.entries(environment!).map(([name, value]) => [name, interpolated(value, set)]);
  expect(readSparkCluster(Object.fromEntries(given) as Record<string, string>)).toMatchObject({
    connect: { host: 'spark', port: 15002, tls: false, token: 'a-token' },
    checkpoints: 'file:///checkpoints',
    kafkaBootstrapServers: 'kafka:9092',
  });
  expect(Object.keys(depends_on!)).toContain('spark');
  // Server and executors keep the checkpoints in one folder, which is theirs.
  const keeping = services.filter(([, { volumes = [] }]) => volumes.includes('spark-checkpoints:/checkpoints'));
  expect(keeping.map(([name]) => name)).toEqual(['spark-worker-1', 'spark-worker-2', 'spark']);
  expect(sparkDockerfile).toMatch(/^RUN install -d -o spark -g spark -m 0700 .*\/checkpoints/m);
});

it('[S10] all containers of a profile have 4 GB of memory together', () => {
  for (const profile of ['default', 'zookeeper', 'spark']) {
    const limits = withProfile(profile).map(([name, { mem_limit }]) => {
      expect(mem_limit, name).toMatch(/^\d+m$/);
      return Number.parseInt(mem_limit!, 10);
    });
    expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(MEMORY_MIB);
  }
});

it('[S8] the healthcheck of the stages says what /readyz says', async () => {
  const test = compose.services['tally']!.healthcheck!.test;
  for (const [name, { healthcheck }] of stages)
    if (healthcheck !== undefined) expect(healthcheck.test, name).toBe(test);
  const port = await freePort();
  // The same command, but for the port, which may be taken here.
  const run = (): Promise<number | null> => {
    const [, program, ...words] = test.map((word) => word.replace(':8500/', `:${port}/`));
    expect(program).toBe('node');
    return new Promise((resolve) => spawn(process.execPath, words).once('close', resolve));
  };
  let answer = 503;
  const server = createServer((request, response) =>
    response.writeHead(request.url === '/readyz' ? answer : 404).end(),
  );
  expect(await run()).toBe(1);
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  expect(await run()).toBe(1);
  answer = 200;
  expect(await run()).toBe(0);
  server.close();
});

function basesOf(file: string): string[] {
  return [...file.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!);
}

function read(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
}
