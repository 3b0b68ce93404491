import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { logContract } from '../../../test/contract/log-contract.ts';
import type { Log } from '../../ports/log.ts';
import { openLmdbLog } from './lmdb-log.ts';

logContract('LMDB', openLmdbLog);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livetally-lmdb-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('[L2] two logs on one folder may append at once: no offset is given twice', async () => {
  const logs = await Promise.all([openLmdbLog(folder), openLmdbLog(folder)]);
  await Promise.all(logs.map((log) => log.ensureTopics([{ name: 't', partitions: 1, retention: 'forever' }])));
  const appends = Array.from({ length: 40 }, (_, number) => number);
  const firsts = await Promise.all(appends.map((number) => appendPair(logs[number % 2], number)));

  expect(new Set(firsts).size).toBe(appends.length);
  const [found] = (await logs[0]?.fetch('t', [0])) ?? [];
  const stored = found?.records.map((record) => [record.offset, textOf(record.value)]);
  const expected = firsts.flatMap((first, number) => [
    [first, `${number} a`],
    [first + 1, `${number} b`],
  ]);
  expect(stored).toEqual(expected.toSorted(([a], [b]) => Number(a) - Number(b)));
  await Promise.all(logs.map((log) => log.close()));
});

it('[L2] an append that fails leaves no gap before those that were under way with it', async () => {
  const log = await openLmdbLog(folder);
  await log.ensureTopics([{ name: 't', partitions: 1, retention: 'forever' }]);
  const bad = { value: Buffer.from('bad'), headers: { number: 1n as unknown as string } };
  const appends = await Promise.allSettled([appendPair(log, 0), log.append('t', 0, [bad]), appendPair(log, 1)]);

  expect(appends).toMatchObject([
    { status: 'fulfilled', value: 0 },
    { status: 'rejected', reason: { code: 'LT_LOG_WRITE' } },
    { status: 'fulfilled', value: 2 },
  ]);
  const [found] = await log.fetch('t', [0]);
  expect(found?.records.map((record) => textOf(record.value))).toEqual(['0 a', '0 b', '1 a', '1 b']);
  await log.close();
});

it('[L5] a compacted topic keeps only the newest record of each key, and its file stays small', async () => {
  const log = await openLmdbLog(folder);
  await log.ensureTopics([{ name: 'results', partitions: 1, retention: 'forever', compacted: true }]);
  const waiting = log.fetch('results', [1_000_000], { waitMs: 60_000 });
  for (let round = 0; round < 300; round++) {
    await log.append('results', 0, [
      { key: 'president', value: Buffer.alloc(20_000, round) },
      { key: '*', value: Buffer.alloc(20_000, round) },
    ]);
  }
  const [found] = await log.fetch('results', [0]);
  expect(found?.records.map((record) => [record.offset, record.key])).toEqual([
    [598, 'president'],
    [599, '*'],
  ]);
  expect(await log.end('results', 0)).toBe(600);
  expect(statSync(join(folder, 'data.mdb')).size).toBeLessThan(2_000_000); // 12 MB went through it
  await log.close();
  expect(await waiting).toEqual([]);
});

it('[C8] whoever reads a long log leaves the event loop its turns, for timers, answers and Ctrl-C', async () => {
  const log = await openLmdbLog(folder);
  await log.ensureTopics([{ name: 't', partitions: 1, retention: 'forever' }]);
  await log.append('t', 0, [{ value: Buffer.from('here') }]);
  let turns = 0;
  setImmediate(() => turns++);
  await log.fetch('t', [0]);
  expect(turns).toBe(1);
  await log.close();
});

it('[L4] a topic that is not there yet reads as empty', async () => {
  const log = await openLmdbLog(folder);
  expect([await log.fetch('later', [0, 0]), await log.end('later', 1)]).toEqual([[], 0]);
  await log.ensureTopics([{ name: 'later', partitions: 2, retention: 'forever' }]);
  await log.append('later', 1, [{ value: Buffer.from('here') }]);
  expect(await log.end('later', 1)).toBe(1);
  await log.close();
});

it('[L1] lives in a folder of any name, readable by its owner alone', async () => {
  const dotted = join(folder, 'election.2028');
  const log = await openLmdbLog(dotted);
  await log.close();
  expect(statSync(join(dotted, 'data.mdb')).mode & 0o777).toBe(0o600);
});

it('[L6] says which folder it cannot open', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'not a log');
  await expect(openLmdbLog(join(file, 'log'))).rejects.toMatchObject({
    code: 'LT_LOG_WRITE',
    message: expect.stringContaining(join(file, 'log')) as string,
  });
});

it('[L6] an append to a folder that is gone is refused, as any other', async () => {
  const gone = join(folder, 'gone');
  const log = await openLmdbLog(gone);
  await log.ensureTopics([{ name: 't', partitions: 1, retention: 'forever' }]);
  rmSync(gone, { recursive: true });
  await expect(log.append('t', 0, [{ value: Buffer.from('lost') }])).rejects.toMatchObject({ code: 'LT_LOG_WRITE' });
  await log.close();
});

async function appendPair(log: Log | undefined, number: number): Promise<number> {
  const records = [`${number} a`, `${number} b`].map((value) => ({ value: Buffer.from(value) }));
  return (await log?.append('t', 0, records)) ?? -1;
}

function textOf(value: Uint8Array): string {
  return Buffer.from(value).toString();
}
