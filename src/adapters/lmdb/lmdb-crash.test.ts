import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPENDED, recordsOf } from '../../../test/crash/log-appender.ts';
import type { LogRecord } from '../../ports/log.ts';
import { openLmdbLog } from './lmdb-log.ts';

const APPENDER = fileURLToPath(new URL('../../../test/crash/log-appender.ts', import.meta.url));
const hasStrace = spawnSync('strace', ['-V']).status === 0;
const hasPrlimit = spawnSync('prlimit', ['-V']).status === 0;

type Child = ChildProcessByStdio<null, Readable, null>;

let folder: string;
let child: Child | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livetally-crash-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(command: string, args: readonly string[]): Child {
  // LMDB itself writes to stderr when the disk refuses.
  child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  return child;
}

it.for([1, 9, 60, 250])('[L1] keeps what was acknowledged when killed after %i acknowledgements', async (count) => {
  const appender = start(process.execPath, [APPENDER, folder]);
  const said: string[] = [];
  for await (const line of createInterface({ input: appender.stdout })) {
    said.push(line);
    if (said.length === count) appender.kill('SIGKILL');
  }
  expect(said.length).toBeGreaterThanOrEqual(count);
  await expectAcknowledged(said);
});

it('[L1] goes on after a kill where it was', async () => {
  const said: string[] = [];
  for (let round = 0; round < 3; round++) {
    const before = said.length;
    const appender = start(process.execPath, [APPENDER, folder]);
    for await (const line of createInterface({ input: appender.stdout })) {
      said.push(line);
      if (said.length === before + 20) appender.kill('SIGKILL');
    }
  }
  await expectAcknowledged(said);
});

it.skipIf(!hasPrlimit)('[L6] takes appends again after the system refused to write (needs prlimit)', async () => {
  const appender = start(process.execPath, [APPENDER, folder]);
  const limit = (bytes: string): void => {
    const { status } = spawnSync('prlimit', [`--pid=${appender.pid}`, `--fsize=${bytes}:`]);
    expect(status).toBe(0);
  };
  const said: string[] = [];
  let refused = 0;
  for await (const line of createInterface({ input: appender.stdout })) {
    if (line.startsWith('refused')) refused += 1;
    else said.push(line);
    if (said.length === 10 && refused === 0) limit(`${6 * 1024 * 1024}`);
    if (refused === 10) limit('unlimited');
    if (refused >= 10) expect(line).toMatch(/^refused LT_LOG_WRITE$|^\d/);
    if (refused >= 10 && said.length >= 100) appender.kill('SIGKILL');
  }
  expect([refused >= 10, said.length >= 100]).toEqual([true, true]); // or else it has died by itself
  await expectAcknowledged(said);
});

/** What lets a machine, not only a process, die: seen from outside, since no test can pull the plug. */
it.skipIf(!hasStrace)('[L1] acknowledges after everything written is on the disk (needs strace)', async () => {
  const calls = await traceAppends(12);
  const syncing = new Set<string>(); // file descriptors whose writes wait for the disk
  let unsynced = 0;
  let syncs = 0;
  let acknowledged = 0;
  for (const call of calls) {
    const [, name, fd = ''] = /^[\d.]+ (\w+)\((\w+)/.exec(call) ?? [];
    if (name === 'openat' && call.includes('O_DSYNC')) syncing.add(/= (\d+)$/.exec(call)?.[1] ?? '');
    if (name === 'pwrite64' && !syncing.has(fd)) unsynced += 1;
    if (name === 'fdatasync') [unsynced, syncs] = [0, syncs + 1];
    if (/ write\(1, "0 \d/.test(call)) {
      expect([unsynced, syncs > 0]).toEqual([0, true]);
      [acknowledged, syncs] = [acknowledged + 1, 0];
    }
  }
  expect(acknowledged).toBe(12);
});

/** The system calls of so many appends, one after another, in order. */
async function traceAppends(count: number): Promise<string[]> {
  const tracing = ['-ff', '-ttt', '-e', 'trace=openat,pwrite64,fdatasync,write', '-o', join(folder, 'trace')];
  const appender = start('strace', [...tracing, process.execPath, APPENDER, join(folder, 'log'), '1', `${count}`]);
  await new Promise((resolve) => appender.stdout.resume().once('close', resolve));
  return readdirSync(folder)
    .filter((name) => name.startsWith('trace.'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((call) => /^[\d.]+ \w+\(/.test(call))
    .toSorted((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
}

async function expectAcknowledged(lines: readonly string[]): Promise<void> {
  const log = await openLmdbLog(folder);
  const stored = await Promise.all(
    Array.from({ length: APPENDED.partitions }, async (_, partition) => {
      const records = new Map<number, LogRecord>();
      for (let from = 0; ;) {
        const positions = Array.from({ length: partition + 1 }, (_, index) => (index === partition ? from : -1));
        const [found] = await log.fetch(APPENDED.name, positions);
        if (found === undefined) return records;
        for (const record of found.records) records.set(record.offset, record);
        from = found.next;
      }
    }),
  );
  await log.close();

  for (const line of lines) {
    const [partition = NaN, first = NaN, number = NaN] = line.split(' ').map(Number);
    for (const [index, value] of recordsOf(partition, number).entries()) {
      const record = stored[partition]?.get(first + index);
      if (record === undefined || Buffer.compare(record.value, value) !== 0) {
        throw new Error(`Acknowledged, but not as it was in the log: '${line}', its record ${index}.`);
      }
      expect(record.headers).toEqual({ number: `${number}` });
    }
  }
}
