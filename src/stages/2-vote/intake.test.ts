import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ballotLines } from '../../../test/ballot-lines.ts';
import { smallElection } from '../../../test/small-election.ts';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import type { Log, LogRecord } from '../../ports/log.ts';
import { linesOf } from '../../topics/ballots.ts';
import { topicName } from '../../topics/topics.ts';
import { createIntake } from './intake.ts';

const PARTITIONS = 3;
const topic = topicName('small', 'ballots');
let folder: string;
let log: Log;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-'));
  log = await openLmdbLog(folder);
  await log.ensureTopics([{ name: topic, partitions: PARTITIONS, retention: 'forever' }]);
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

async function recordsOf(partition: number): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let next = 0; next < (await log.end(topic, partition));) {
    const from = Array.from({ length: PARTITIONS }, (_, at) => (at === partition ? next : -1));
    const [fetched] = await log.fetch(topic, from);
    records.push(...fetched!.records);
    next = fetched!.next;
  }
  return records;
}

function ballot(serial: number, padding = ''): string {
  return `{"serial":${serial},"place":"n1","cohort":"18-64|f","choices":{${padding}}}`;
}

describe('intake', () => {
  it('[V1] [V2] has every line in the log when it answers, in the partition of its serial, in order', async () => {
    const intake = createIntake(log, 'small', PARTITIONS);
    await intake.accept(Buffer.from([4, 3, 7, 1, 10].map((serial) => ballot(serial)).join('\n')));
    const lines = (await recordsOf(1)).flatMap((record) => linesOf(record.value));
    expect(lines).toEqual([4, 7, 1, 10].map((serial) => ballot(serial)));
  });

  it('[V3] loses no line, whatever it holds, and says which it refused', async () => {
    const intake = createIntake(log, 'small', PARTITIONS);
    const sent: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(ballotLines(smallElection()), { maxLength: 50 }), async (lines) => {
        const text = lines.join('\n');
        const receipt = await intake.accept(Buffer.from(text, 'latin1'));
        const all = text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
        const refused = all.flatMap((line, at) =>
          line === '' ? [{ line: at, why: 'empty' }] : line.length > 4096 ? [{ line: at, why: 'too-long' }] : [],
        );
        expect(receipt).toEqual({ recorded: all.length - refused.length, refused });
        sent.push(...all.filter((line) => line !== '' && line.length <= 4096));
      }),
      { numRuns: 50 },
    );
    const recorded: string[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (const record of await recordsOf(partition)) recorded.push(...linesOf(record.value));
    }
    expect(recorded.sort()).toEqual(sent.sort());
  });

  it('[V4] cuts records at 4,096 lines and 256 kB, never inside a ballot, and says how many lines each holds', async () => {
    const intake = createIntake(log, 'small', PARTITIONS);
    const long = `"m":[${Array.from({ length: 200 }, () => '"somebody"').join(',')}]`;
    const many = Array.from({ length: 9000 }, (_, at) => ballot(at * PARTITIONS));
    const wide = Array.from({ length: 500 }, (_, at) => ballot(at * PARTITIONS, long));
    await Promise.all([intake.accept(Buffer.from(many.join('\n'))), intake.accept(Buffer.from(wide.join('\n')))]);
    const records = await recordsOf(0);
    for (const { value, headers } of records) {
      const lines = linesOf(value);
      expect(lines.length).toBeLessThanOrEqual(4096);
      expect(value.length).toBeLessThanOrEqual(256 * 1024);
      expect(headers).toEqual({ 'content-type': 'application/x-ndjson', lines: String(lines.length) });
    }
    expect(records.flatMap(({ value }) => linesOf(value))).toEqual([...many, ...wide]);
  });

  it('[V5] rejects what a failed append held, and takes ballots again afterwards', async () => {
    let full = true;
    const failing: Log = {
      ...log,
      append: (...given) => (full ? Promise.reject(new Error('disk full')) : log.append(...given)),
    };
    const intake = createIntake(failing, 'small', PARTITIONS);
    await expect(intake.accept(Buffer.from(ballot(1)))).rejects.toThrow('disk full');
    full = false;
    expect(await intake.accept(Buffer.from(ballot(1)))).toEqual({ recorded: 1, refused: [] });
    expect((await recordsOf(1)).flatMap(({ value }) => linesOf(value))).toEqual([ballot(1)]);
  });

  it('[V6] holds no more than its limit: who comes then is not read until there is room', async () => {
    const waiting: (() => void)[] = [];
    let readLate = false;
    const slow: Log = {
      ...log,
      append: (_topic, _partition, records) => {
        readLate ||= records.some(({ value }) => Buffer.from(value).includes(ballot(9)));
        return new Promise((resolve) => waiting.push(() => resolve(0)));
      },
    };
    const intake = createIntake(slow, 'small', PARTITIONS);
    const chunk = Buffer.from(`${ballot(0)}\n`.repeat(250_000));
    const late = Buffer.from(chunk);
    let answered = 0;
    const all = Promise.all([chunk, chunk, late].map((some) => intake.accept(some).then(() => answered++)));
    await new Promise((resolve) => setImmediate(resolve));
    late.write(ballot(9)); // seen by an intake that reads it later, and by no other
    while (answered < 3) {
      waiting.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(readLate).toBe(true);
  });
});
