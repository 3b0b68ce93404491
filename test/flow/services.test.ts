import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './compose-file.ts';

/** What infra/services says and does where no real system is needed: nothing here is started or downloaded. */
const folder = mkdtempSync(join(tmpdir(), 'livetally-services-test-'));
const services = join(folder, 'services');
const cache = join(folder, 'cache');
const programs = join(folder, 'bin');
const NAMES = 'kafka kafka-zookeeper kafka-secure postgres spark';
const PARTS = 'spark-master spark-worker-1 spark-worker-2 spark-connect';

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  for (const each of [services, cache, programs]) rmSync(each, { recursive: true, force: true });
  mkdirSync(programs);
});

describe('infra/services', () => {
  it('[S1] says what is wrong on the command line, and does nothing', async () => {
    for (const [words, says] of [
      [['fly'], 'there is no command fly. See infra/services --help'],
      [['up'], `which one? ${NAMES}`],
      [['up', 'kafk'], `there is no service kafk. There are: ${NAMES}`],
      [['up', 'spark-master'], `there is no service spark-master. There are: ${NAMES}`],
      [['stop'], `which one? ${NAMES} ${PARTS}`],
      [['stop', 'spark-maste'], `there is no service spark-maste. There are: ${NAMES} ${PARTS}`],
      [['status', '--jsn'], 'status takes --json, not --jsn'],
      [['env', '--tests'], 'env takes --test, not --tests'],
      [['tool', 'postgres', 'Main'], 'tool works with the services of Kafka and Spark, not with postgres'],
    ] as const) {
      expect(await run(words)).toEqual({ code: 2, out: '', err: `infra/services: ${says}\n` });
    }
    expect(existsSync(services)).toBe(false);
  });

  it('[S1] tells in one sentence what is missing, and how to install it', async () => {
    expect(await run(['up', 'kafka'], { JAVA_HOME: folder })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^infra\/services: Java 17 or newer is missing\. .*apt-get install .*\n$/),
    });
    program('java', 'echo \'openjdk version "11.0.20" 2023-07-18\' >&2');
    expect(await run(['up', 'kafka'])).toMatchObject({ code: 1, err: expect.stringContaining('Kafka needs Java 17') });
    program('java', 'echo \'openjdk version "21.0.1" 2023-10-17\' >&2');
    program('mvn', 'echo "[ERROR] no route to the repository"; exit 1');
    const { code, err } = await run(['up', 'kafka']);
    expect(code).toBe(1);
    expect(err).toContain('[ERROR] no route to the repository');
    expect(err).toMatch(/infra\/services: Maven could not download the jars of Kafka [\d.]+\. .*maven\.log\n$/);
  });

  it('[S1] takes Spark from nobody but who has just that file', async () => {
    program('java', 'echo \'openjdk version "21.0.1" 2023-10-17\' >&2');
    program('mvn', 'exit 0');
    program('python3', 'exit 1');
    expect(await run(['up', 'spark'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^infra\/services: pip is missing, .*apt-get install python3-pip\n$/),
    });

    // pip is told to refuse a file of another digest.
    program('python3', 'case $* in *--version) exit 0 ;; esac; echo "$*" >"$HOME/asked"; echo "no route"; exit 1');
    expect((await run(['up', 'spark'])).err).toMatch(
      /no route\ninfra\/services: pip could not download Spark 4\.2\.0\. .*\n$/,
    );
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain('--require-hashes');

    // A Spark without its connector, from a Maven that brings nothing.
    program(
      'python3',
      `case $* in *--version) exit 0 ;; esac
       for each; do to=$each; done
       cd "$to" && mkdir -p pyspark-4.2.0/deps/bin pyspark-4.2.0/deps/jars && tar -czf pyspark-4.2.0.tar.gz pyspark-4.2.0`,
    );
    expect((await run(['up', 'spark'])).err).toMatch(
      /infra\/services: Maven Central gave other jars than those of .*\n$/,
    );
    expect(readdirSync(cache).filter((name) => /^spark-4\.2\.0-[0-9a-f]{8}$/.test(name))).toEqual([]);
  });

  it('[S1] takes four jars for the connector of Spark, and checks the digest of each', () => {
    const list = (name: string): string => readFileSync(join(ROOT, 'infra/services.d', name), 'utf8');
    const named = [
      ...list('spark-connector.pom.xml').matchAll(/<artifactId>(.*)<\/artifactId>\s*<version>(.*)<\/version>\s*<excl/g),
    ];
    const checked = [...list('spark-connector.sha256').matchAll(/^[0-9a-f]{64} {2}(\S+)$/gm)];
    expect(named.map(([, name, version]) => `${name}-${version}.jar`).toSorted()).toEqual(
      checked.map(([, file]) => file!).toSorted(),
    );
    expect(checked).toHaveLength(4);
    expect(list('spark.requirements.txt')).toMatch(/^pyspark==4\.2\.0 --hash=sha256:[0-9a-f]{64}\n$/);
  });

  it('[S1] uses no folder that somebody else has put in its place', async () => {
    mkdirSync(join(folder, 'elsewhere'), { recursive: true });
    symlinkSync(join(folder, 'elsewhere'), services);
    const { code, err } = await run(['up', 'postgres']);
    expect({ code, err }).toEqual({
      code: 1,
      err: `infra/services: ${services} is not a folder of yours. Name another one with LIVETALLY_SERVICES\n`,
    });
  });

  it('[S1] refuses a port that is taken, and names the setting', async () => {
    program('java', 'echo \'openjdk version "21.0.1" 2023-10-17\' >&2');
    // Jars that are there already; whatever the digest of their list.
    program('mvn', 'exit 0');
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, err } = await run(['up', 'kafka'], { LIVETALLY_KAFKA_PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(err).toContain(`port ${port} is taken by another process. Name another one: LIVETALLY_KAFKA_PORT=PORT`);
  });

  it('[S2] has nothing to say of services that are down, nor of one whose process is dead', async () => {
    expect(await run(['env'])).toEqual({ code: 0, out: '', err: '' });
    expect(await run(['down'])).toEqual({ code: 0, out: '', err: '' });
    expect(states((await run(['status', '--json'])).out)).toEqual(['down', 'down', 'down', 'down', 'down']);

    // As a broker leaves it that was killed; its number has gone to a stranger.
    mkdirSync(join(services, 'kafka'), { recursive: true });
    writeFileSync(join(services, 'kafka', 'made'), '');
    writeFileSync(join(services, 'kafka', 'port'), '1\n');
    writeFileSync(join(services, 'kafka', 'kafka.pid'), `${process.pid}\n`);
    expect(states((await run(['status', '--json'])).out)).toEqual(['stopped', 'down', 'down', 'down', 'down']);
    expect(await run(['env'])).toMatchObject({ out: '' });
    expect(await run(['start', 'spark-master'])).toMatchObject({
      code: 1,
      err: 'infra/services: spark-master has no data to start with. Run: infra/services up spark\n',
    });
    expect(await run(['down'])).toMatchObject({ code: 0, err: 'kafka is down, its data are deleted\n' });
    expect(existsSync(services)).toBe(false);
  });
});

/** A program that is found before that of the machine. */
function program(name: string, body: string): void {
  const path = join(programs, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

function states(json: string): string[] {
  return (JSON.parse(json) as { state: string }[]).map(({ state }) => state);
}

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Said> {
  const child = spawn(join(ROOT, 'infra/services'), words, {
    env: {
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      LIVETALLY_SERVICES: services,
      LIVETALLY_CACHE: cache,
      ...environment,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}
