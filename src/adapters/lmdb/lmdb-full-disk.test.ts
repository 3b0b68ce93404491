import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Log, TopicSpec } from '../../ports/log.ts';
import { openLmdbLog } from './lmdb-log.ts';

const DISK = '24m';
const TOPIC: TopicSpec = { name: 'full', partitions: 2, retention: 'forever' };

let disk: string;
let mounted = false;

beforeAll(() => {
  disk = mkdtempSync(join(tmpdir(), 'livetally-full-'));
  mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'livetally', disk]).status === 0;
  if (!mounted) console.warn('A full disk is not tested: only root may mount a small one.');
});

afterAll(() => {
  if (mounted) spawnSync('umount', ['--lazy', disk]);
  rmSync(disk, { recursive: true, force: true });
});

it('[L6] refuses on a full disk, keeps what it has, and goes on once there is room', async ({ skip }) => {
  if (!mounted) skip('needs root, to mount a small disk');
  const folder = join(disk, 'log');
  const ballast = join(disk, 'ballast');
  let log = await openLmdbLog(folder);
  await log.ensureTopics([TOPIC]);
  writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024));

  const kept = await fill(log);
  for (let i = 0; i < 3; i++) {
    await expect(appendOne(log, kept)).rejects.toMatchObject({
      code: 'LT_LOG_WRITE',
      message: expect.stringContaining(folder) as string,
      next: expect.stringContaining('Free some space') as string,
    });
  }
  await expectSizes(log, kept);

  await log.close();
  log = await openLmdbLog(folder);
  await log.ensureTopics([TOPIC]);
  await expectSizes(log, kept);

  rmSync(ballast);
  for (let i = 0; i < 10; i++) await appendOne(log, kept + i);
  await expectSizes(log, kept + 10);
  await log.close();
});

/** Appends until the log refuses; resolves with how many it took. */
async function fill(log: Log): Promise<number> {
  for (let number = 0; ; number++) {
    try {
      await appendOne(log, number);
    } catch {
      return number;
    }
  }
}

async function appendOne(log: Log, number: number): Promise<void> {
  await log.append(TOPIC.name, number % TOPIC.partitions, [{ value: Buffer.alloc(200_000 + number, number) }]);
}

async function expectSizes(log: Log, count: number): Promise<void> {
  const parts = await log.fetch(TOPIC.name, [0, 0], { maxBytes: Infinity });
  const sizes = parts.flatMap((part) => part.records.map((record) => record.value.length));
  expect(new Set(sizes)).toEqual(new Set(Array.from({ length: count }, (_, number) => 200_000 + number)));
}
