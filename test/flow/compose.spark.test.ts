import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { need } from '../real-systems.ts';
import { compose, interpolated, ROOT } from './compose-file.ts';
import { passes, until } from './healthcheck.ts';

/**
 * No container runs here. What compose.yaml and its image tell Spark runs with the Spark of infra/services: the same
 * start script, settings, commands and environment, but for names, ports and folders, and the same healthchecks.
 */
const CHECK_MS = 5000;
const LATE_MS = 8000;
/** Four starts of Java, on a machine that may be busy. */
const TIMEOUT_MS = 300_000;
const INFRA = join(ROOT, 'infra');

let folder: string;
let started: ChildProcess[];
/** What stands in compose.yaml and in the image's settings, and what is here instead of it. */
let changes: readonly (readonly [string, string])[];
/** One for each worker that is started, as all are on one machine here. */
let workerPages: number[];
let pages: { readonly master: string; readonly driver: string };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'livetally-compose-'));
  started = [];
  const [master, masterPage, connect, driverPage, ...others] = await freePorts(7);
  workerPages = others;
  pages = { master: `http://127.0.0.1:${masterPage}`, driver: `http://127.0.0.1:${driverPage}` };
  changes = [
    ['7077', `${master}`],
    ['8080', `${masterPage}`],
    ['15002', `${connect}`],
    ['4040', `${driverPage}`],
    ['spark.driver.host spark', 'spark.driver.host 127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['/recovery', join(folder, 'recovery')],
    ['spark-master', '127.0.0.1'],
  ];
  makeImage();
});

afterEach(async () => {
  // The driver first: its executors end with it.
  for (const child of started.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'close');
  }
  rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 200 });
});

describe.skipIf(!need({ spark: true }, 'the Spark of compose.yaml'))('the Spark of compose.yaml', () => {
  it(
    '[S9] starts with its settings there, lets in who knows the secret, and the healthchecks know when',
    { timeout: TIMEOUT_MS },
    async () => {
      const healthy = {
        master: start('spark-master'),
        stranger: start('spark-worker-1', { LIVETALLY_SPARK_SECRET: 'another' }),
      };
      expect(healthy.master()).toBe(false);
      await until(healthy.master);

      const server = start('spark');
      expect(server()).toBe(false);
      const workers = [start('spark-worker-1'), start('spark-worker-2')];
      await until(() => workers.every((check) => check()) && server());
      await until(async () => (await executors()) === 2);
      await sleep(LATE_MS);
      expect(healthy.stranger()).toBe(false);
      const answer = await fetch(`${pages.master}/json/`);
      expect(await answer.json()).toMatchObject({ aliveworkers: 2, activeapps: [{ name: 'livetally', cores: 4 }] });
    },
  );
});

/** The files of the image: those of its Dockerfile, upon the Spark that infra/services has downloaded. */
function makeImage(): void {
  const cache =
    process.env['LIVETALLY_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'livetally');
  const spark = readdirSync(cache).find((name) => /^spark-4[\d.]+-\w+$/.test(name));
  mkdirSync(join(folder, 'spark/conf'), { recursive: true });
  for (const name of ['bin', 'jars']) symlinkSync(join(cache, spark!, name), join(folder, 'spark', name));
  const dockerfile = readFileSync(join(INFRA, 'compose/spark.Dockerfile'), 'utf8');
  const copies = [...dockerfile.matchAll(/^COPY (?!-)(.*) (\/opt\/spark\/conf\/\S*)$/gm)];
  expect(copies).toHaveLength(2);
  for (const [, from, to] of copies) {
    for (const file of from!.split(' ')) {
      const name = to!.endsWith('/') ? basename(file) : basename(to!);
      writeFileSync(join(folder, 'spark/conf', name), here(readFileSync(join(INFRA, file), 'utf8')));
    }
  }
}

/** Starts a service as its container would; returns its healthcheck. */
function start(name: string, otherwise: Readonly<Record<string, string>> = {}): () => boolean {
  const { command, environment, healthcheck } = compose.services[name]!;
  const secrets = { LIVETALLY_SPARK_SECRET: 'the-secret', LIVETALLY_SPARK_TOKEN: 'the-token', ...otherwise };
  const given = Object.entries(environment!).map(([each, value]) => [each, interpolated(value, secrets)]);
  const work = join(folder, `${started.length}`);
  mkdirSync(work);
  const page = name.startsWith('spark-worker') ? `${workerPages.pop()}` : '';
  const mine = (text: string): string => here(text === name ? '127.0.0.1' : text).replaceAll('8081', page);
  const child = spawn(join(INFRA, 'compose/start-spark'), command!.map(mine), {
    cwd: work,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      JAVA_HOME: process.env['JAVA_HOME'],
      SPARK_HOME: join(folder, 'spark'),
      SPARK_LOCAL_IP: '127.0.0.1',
      ...(Object.fromEntries(given) as Record<string, string>),
    },
  });
  started.push(child);
  return () => passes(healthcheck!.test.slice(1).map(mine), CHECK_MS);
}

function here(text: string): string {
  return changes.reduce((old, [from, to]) => old.replaceAll(from, to), text);
}

async function executors(): Promise<number> {
  const [application] = (await (await fetch(`${pages.driver}/api/v1/applications`)).json()) as [{ id: string }];
  const answer = await fetch(`${pages.driver}/api/v1/applications/${application.id}/executors`);
  return ((await answer.json()) as { id: string }[]).filter(({ id }) => id !== 'driver').length;
}
