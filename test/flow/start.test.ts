import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectFailure, inBackground, jsonOf, livetally, scratch, startLivetally, type Running } from './livetally.ts';

/** `start` as people run it: in one process everything, stopped by Ctrl-C, started again. */
const { path, remove } = scratch();
const DATA = path('data');
const ARGUMENTS = ['start', '--data', DATA, '--port', '0', '--voters', '200000', '--rate', '1000'];

interface Ready {
  readonly url: string;
  readonly election: string;
  readonly folder: string;
  readonly pid: number;
}
interface Status {
  readonly running: { readonly pid: number; readonly url: string } | null;
  readonly registered: number;
  readonly published: { readonly counted: number; readonly lines: number; readonly position: string } | null;
}

let first: Running;
let ready: Ready;

beforeAll(async () => {
  first = await startLivetally([...ARGUMENTS, '--no-database', '--json']);
  ready = JSON.parse(first.firstLine) as Ready;
  await countedMoreThan(ready.url, 0);
});

afterAll(remove);

/** Ballots counted, as the page gets them. */
async function counted(url: string): Promise<number> {
  const response = await fetch(new URL('/api/report', url));
  return ((await response.json()) as { outcomes: { counted: number } }).outcomes.counted;
}

async function countedMoreThan(url: string, least: number): Promise<number> {
  for (;;) {
    const now = await counted(url);
    if (now > least) return now;
    await sleep(100);
  }
}

it('[C7] start says its address first, and serves the page there', async () => {
  expect(ready).toMatchObject({ election: 'demo-president', folder: DATA, pid: first.child.pid });
  const page = await fetch(ready.url);
  // 503 in a clone whose page is not built: it says so.
  expect([200, 503]).toContain(page.status);
});

it('[C7] the count goes up', async () => {
  const before = await counted(ready.url);
  expect(await countedMoreThan(ready.url, before)).toBeGreaterThan(before);
});

it('[C9] status asks the running process', async () => {
  const status = await jsonOf<Status>('status', '--data', DATA);
  expect(status.running).toMatchObject({ pid: ready.pid, url: ready.url, command: 'livetally start' });
  expect(status.registered).toBeGreaterThan(0);
  expect(status.published?.counted).toBeGreaterThan(0);

  const { out } = await livetally(['status', '--data', DATA]);
  expect(out).toContain(`livetally start, process ${ready.pid}`);
});

it('[C9] doctor names the running process and is content', async () => {
  const { code, out } = await livetally(['doctor', '--data', DATA, '--port', new URL(ready.url).port]);
  expect(out).toContain(`livetally is there: ${ready.url}`);
  expect(out).toContain(`in use by livetally start, process ${ready.pid}`);
  // A clone whose page is not built is the one thing that may be wrong here.
  expect(code === 0 || out.includes('page: not built')).toBe(true);
});

it('[C10] whoever wants the data folder meanwhile is told who has it, and that start does it all', async () => {
  const wanting = [['tally', '--follow'], ['dashboard'], ['vote'], ['register'], ['export'], ['recount'], ['start']];
  const ends = await Promise.all(wanting.map(([name = '', ...rest]) => livetally([name, '--data', DATA, ...rest])));
  for (const end of ends) {
    expectFailure(end, {
      exitCode: 5,
      code: 'LT_DATA_LOCKED',
      says: new RegExp(`in use by \`livetally start\` \\(process ${ready.pid}, since .*, at ${ready.url}\\)`),
      next: /`livetally status`.*`livetally start` runs every stage and the page in one/,
    });
  }
});

it('[C7] Ctrl-C ends it well, and the next start goes on where it was', async () => {
  const { code, out } = await first.stop();
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toHaveLength(1);

  const between = await jsonOf<Status>('status', '--data', DATA);
  expect(between.running).toBeNull();
  const stoppedAt = between.published!.counted;
  expect(stoppedAt).toBeGreaterThan(0);

  const second = await startLivetally([...ARGUMENTS, '--no-database']);
  const url = /http:\/\/\S+/.exec(second.firstLine)![0];
  expect(second.firstLine).toBe(`Election of the President: ${url}`);
  await countedMoreThan(url, stoppedAt);
  const end = await second.stop();
  expect(end.code).toBe(0);
  expect(end.out).toContain('Ctrl-C stops; the next start goes on where it was.');

  const after = await jsonOf<Status>('status', '--data', DATA);
  expect(after.registered).toBeGreaterThanOrEqual(between.registered);
  expect(end.err).toContain(`Stopped with ${after.published!.counted.toLocaleString('en')} ballots counted`);
  expect(await jsonOf('recount', '--data', DATA)).toMatchObject({ equal: true });
});

it('[C8] work that Ctrl-C cuts short ends with 130, and the same command goes on', async () => {
  const data = path('cut');
  const args = ['register', '--data', data, '--count', '3000', '--no-database', '--json'];
  const slow = inBackground([...args, '--register-rate', '200']);
  await runsOn(data, 'livetally register');

  const { code, out, err } = await slow.stop();

  expect({ code, err }).toEqual({ code: 130, err: '' });
  const { onRoll } = JSON.parse(out) as { onRoll: number };
  expect(onRoll).toBeLessThan(3000);
  const whole = JSON.parse((await livetally(args)).out) as { added: number; onRoll: number };
  expect(whole).toMatchObject({ added: 3000 - onRoll, onRoll: 3000 });
});

async function runsOn(data: string, command: string): Promise<void> {
  for (;;) {
    const { code, out } = await livetally(['status', '--data', data, '--json']);
    const status = code === 0 ? (JSON.parse(out) as { running: { command: string } | null }) : undefined;
    if (status?.running?.command === command) return;
  }
}
