import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log, LogRecord, NewRecord, TopicSpec } from '../../src/ports/log.ts';

const MEGABYTE = 1024 * 1024;

/**
 * What every log must do (src/ports/log.ts). `open` gives the log that lives in a folder, the same one each time; an
 * adapter whose records live elsewhere takes the folder as a name. The death of a process (L1) and a full disk (L6) are
 * tested by each adapter in its own way.
 */
export function logContract(
  name: string,
  open: (folder: string) => Promise<Log>,
  /** Takes away the topics of a test, where their records live elsewhere. */
  deleteTopics: (names: readonly string[]) => Promise<void> = async () => undefined,
): void {
  describe(`log contract: ${name}`, () => {
    let folder: string;
    let log: Log;
    let made: string[] = [];

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'livetally-log-'));
      log = await open(folder);
    });

    afterEach(async () => {
      await log.close();
      await deleteTopics(made);
      made = [];
      rmSync(folder, { recursive: true, force: true });
    });

    async function newTopic(partitions: number, more: Partial<TopicSpec> = {}): Promise<string> {
      const topic = `t-${randomUUID()}`;
      made.push(topic);
      await log.ensureTopics([{ name: topic, partitions, retention: 'forever', ...more }]);
      return topic;
    }

    async function reopen(): Promise<void> {
      await log.close();
      log = await open(folder);
    }

    const within = { newTopic, reopen, current: (): Log => log, another: (): Promise<Log> => open(folder) };
    testAnything(within);
    testAppends(within);
    testReading(within);
    testWaiting(within);
    testTopics(within);
    testInspection(within);
  });
}

/** What the tests below have in hand. */
interface Within {
  newTopic: (partitions: number, more?: Partial<TopicSpec>) => Promise<string>;
  /** Closes the log and opens it again. */
  reopen: () => Promise<void>;
  current: () => Log;
  /** A second log on the same records. */
  another: () => Promise<Log>;
}

function testAnything({ newTopic, reopen, current }: Within): void {
  it('[L1] [L2] [L3] keeps any batches, appended to partitions in turn or at once, through any number of re-openings', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
        const topic = await newTopic(PARTITIONS);
        const expected: NewRecord[][] = Array.from({ length: PARTITIONS }, () => []);
        for (const step of steps) {
          if (step === 'reopen') await reopen();
          else {
            for (const { partition, records } of step) expected[partition]?.push(...records);
            await Promise.all(
              step.map(({ partition, records }) => current().append(topic, partition, records.map(copyOf))),
            );
          }
        }
        await reopen();
        for (const [partition, records] of expected.entries()) {
          const found = await readAll(current(), topic, partition);
          expect(found.map(comparable)).toEqual(records.map(comparable));
        }
      }),
      { numRuns: 20 },
    );
  });
}

function testAppends({ newTopic, current }: Within): void {
  it('[L2] numbers the records of an append one after another, and later appends higher', async () => {
    const topic = await newTopic(1);
    const sizes = [1, 5, 2, 1000, 1, 3];
    const acknowledged: number[] = [];
    const firsts = await Promise.all(
      sizes.map(async (size, batch) => {
        const first = await current().append(
          topic,
          0,
          Array.from({ length: size }, () => text(`${batch}`)),
        );
        acknowledged.push(first);
        return first;
      }),
    );

    expect(acknowledged).toEqual(acknowledged.toSorted((a, b) => a - b));
    const found = await readAll(current(), topic, 0);
    for (const [batch, first] of firsts.entries()) {
      const offsets = found.filter((record) => textOf(record) === `${batch}`).map((record) => record.offset);
      expect(offsets).toEqual(Array.from({ length: sizes[batch] ?? 0 }, (_, index) => first + index));
    }
    expect(await current().end(topic, 0)).toBe((found.at(-1)?.offset ?? 0) + 1);
  });

  it('[L2] says where the partition ends, before the first record and after', async () => {
    const topic = await newTopic(2);
    expect(await current().end(topic, 1)).toBe(0);
    const first = await current().append(topic, 1, [text('a'), text('b')]);
    expect(await current().end(topic, 1)).toBe(first + 2);
    expect(await current().end(topic, 0)).toBe(0);
  });

  it('[L3] keeps an empty value, a megabyte, an empty key, and headers of any text', async () => {
    const topic = await newTopic(1);
    const records: NewRecord[] = [
      { value: new Uint8Array(0) },
      { value: pattern(MEGABYTE), key: 'large', headers: { 'content-type': 'application/x-ndjson', lines: '4096' } },
      { value: pattern(3), key: '' },
      { value: pattern(1), headers: {} },
      { value: pattern(2), key: 'ключ 🗳', headers: { '': '', ü: '"\\\n' } },
    ];
    await current().append(topic, 0, records);
    expect((await readAll(current(), topic, 0)).map(comparable)).toEqual(records.map(comparable));
  });
}

function testReading({ newTopic, current, another }: Within): void {
  it('[L3] the bytes that a reader gets are its own', async () => {
    const topic = await newTopic(1);
    const mine = pattern(5000);
    await current().append(topic, 0, [{ value: mine }, { value: pattern(5000) }]);
    mine.fill(0);
    const [first] = await readAll(current(), topic, 0);
    first?.value.fill(1);
    const again = await readAll(current(), topic, 0);
    for (let i = 0; i < 20; i++) await current().append(topic, 0, [{ value: pattern(7000) }]);
    await readAll(current(), topic, 0);
    expect(again.map((record) => Buffer.compare(record.value, pattern(5000)))).toEqual([0, 0]);
  });

  it('[L4] reads from any offset on, in bites of any size, as often as one likes', async () => {
    const topic = await newTopic(1);
    for (let i = 0; i < 10; i++) await current().append(topic, 0, [text(`${2 * i}`), text(`${2 * i + 1}`)]);
    const all = await readAll(current(), topic, 0);
    expect(all.map(textOf)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));

    for (const [index, { offset }] of all.entries()) {
      for (const maxBytes of [0, 1, 7, MEGABYTE]) {
        const rest = await readAll(current(), topic, 0, { from: offset, maxBytes });
        expect(rest).toEqual(all.slice(index));
      }
    }
  });

  it('[L4] gives at least one record, and stops once it has the bytes asked for', async () => {
    const topic = await newTopic(2);
    const kilobytes = Array.from({ length: 10 }, () => ({ value: pattern(1000) }));
    await current().append(topic, 0, kilobytes);
    await current().append(topic, 1, kilobytes);
    for (const [maxBytes, records] of [
      [0, 1],
      [999, 1],
      [2500, 3],
      [100_000, 10],
    ] as const) {
      const found = await current().fetch(topic, [0, 0], { maxBytes });
      expect(found.map((part) => part.records.length)).toEqual([records, records]);
      expect(found.map((part) => part.next)).toEqual([records, records]);
    }
  });

  it('[L4] reads the partitions that have some, without those that are left out', async () => {
    const topic = await newTopic(4);
    for (const partition of [0, 1, 3]) await current().append(topic, partition, [text(`p${partition}`)]);
    const found = await current().fetch(topic, [-1, 0, 0, 0]);
    expect(found.map((part) => part.partition)).toEqual([1, 3]);
    expect(found.flatMap((part) => part.records.map(textOf))).toEqual(['p1', 'p3']);
    expect(await current().fetch(topic, [1, 1, 0, 1])).toEqual([]);
  });

  it('[L4] two readers do not disturb each other', async () => {
    const topic = await newTopic(1);
    const other = await another();
    await current().append(topic, 0, [text('a'), text('b')]);
    const [mine, theirs] = await Promise.all([readAll(current(), topic, 0), readAll(other, topic, 0, { maxBytes: 1 })]);
    expect(mine.map(textOf)).toEqual(['a', 'b']);
    expect(theirs).toEqual(mine);
    await other.close();
  });
}

function testWaiting({ newTopic, current, another }: Within): void {
  it('[L4] a waiting reader gets what is appended meanwhile', async () => {
    const topic = await newTopic(2);
    const waiting = current().fetch(topic, [0, 0], { waitMs: 30_000 });
    await current().append(topic, 1, [text('late')]);
    expect((await waiting).flatMap((part) => part.records.map(textOf))).toEqual(['late']);
  });

  it('[L4] a waiting reader gets what another log on the same records appends', async () => {
    const topic = await newTopic(1);
    const other = await another();
    const waiting = other.fetch(topic, [0], { waitMs: 30_000 });
    await current().append(topic, 0, [text('from elsewhere')]);
    expect((await waiting).flatMap((part) => part.records.map(textOf))).toEqual(['from elsewhere']);
    await other.close();
  });

  it('[L4] a reader that waits in vain gets nothing, at the latest when its signal aborts', async () => {
    const topic = await newTopic(1);
    await current().append(topic, 0, [text('a')]);
    expect(await current().fetch(topic, [1])).toEqual([]);
    expect(await current().fetch(topic, [1], { waitMs: 20 })).toEqual([]);
    expect(await current().fetch(topic, [-1], { waitMs: 20 })).toEqual([]);
    expect(await current().fetch(`t-${randomUUID()}`, [0], { waitMs: 20 })).toEqual([]);

    const stop = new AbortController();
    const waiting = current().fetch(topic, [1], { waitMs: 600_000, signal: stop.signal });
    stop.abort();
    expect(await waiting).toEqual([]);
    expect(await current().fetch(topic, [1], { waitMs: 600_000, signal: stop.signal })).toEqual([]);
    expect(await current().fetch(topic, [0], { waitMs: 600_000, signal: stop.signal })).toHaveLength(1);
  });

  it('[L4] closing ends the wait of its readers', async () => {
    const topic = await newTopic(1);
    const other = await another();
    const waiting = other.fetch(topic, [0], { waitMs: 600_000 });
    await other.close();
    expect(await waiting).toEqual([]);
  });

  it('[L1] closing waits for the appends under way', async () => {
    const topic = await newTopic(1);
    const other = await another();
    const appending = [text('a'), text('b'), { value: pattern(MEGABYTE) }].map((one) => other.append(topic, 0, [one]));
    await other.close();
    await Promise.all(appending);
    expect(await readAll(current(), topic, 0)).toHaveLength(3);
  });
}

function testTopics({ newTopic, reopen, current }: Within): void {
  it('[L5] ensures a topic as often as one likes, and refuses it with another partition count or retention', async () => {
    const name = await newTopic(3);
    const spec: TopicSpec = { name, partitions: 3, retention: 'forever' };
    await current().append(name, 2, [text('kept')]);
    await current().ensureTopics([spec]);
    await reopen();
    await current().ensureTopics([spec]);
    for (const other of [
      { ...spec, partitions: 4 },
      { ...spec, retention: { days: 3 } },
      { ...spec, compacted: true },
    ]) {
      await expect(current().ensureTopics([other])).rejects.toMatchObject({ code: 'LT_LOG_MISMATCH' });
    }
    expect((await readAll(current(), name, 2)).map(textOf)).toEqual(['kept']);
  });

  it('[L5] gives each topic an id for life', async () => {
    const [one, two] = [await newTopic(1), await newTopic(1)];
    const [idOfOne, idOfTwo] = [await current().topicId(one), await current().topicId(two)];
    expect(idOfOne).not.toBe(idOfTwo);
    await reopen();
    await current().ensureTopics([{ name: one, partitions: 1, retention: 'forever' }]);
    expect([await current().topicId(one), await current().topicId(two)]).toEqual([idOfOne, idOfTwo]);
  });

  it('[L5] refuses appends to a topic or a partition that is not there', async () => {
    const topic = await newTopic(2);
    for (const [name, partition] of [
      [topic, 2],
      ['never-made', 0],
    ] as const) {
      await expect(current().append(name, partition, [text('a')])).rejects.toMatchObject({ code: 'LT_LOG_MISMATCH' });
    }
    expect(await current().fetch(topic, [0, 0])).toEqual([]);
  });

  it('[L5] a compacted topic keeps at least the newest record of each key, in order', async () => {
    const topic = await newTopic(1, { compacted: true });
    for (let round = 0; round < 5; round++) {
      await current().append(topic, 0, [keyed('a', `a${round}`), keyed('b', `b${round}`), keyed('*', `*${round}`)]);
      if (round === 2) await reopen();
    }
    await current().append(topic, 0, [keyed('a', 'twice'), keyed('a', 'last')]);
    const newest = new Map((await readAll(current(), topic, 0)).map((record) => [record.key, textOf(record)]));
    expect(newest).toEqual(
      new Map([
        ['*', '*4'],
        ['a', 'last'],
        ['b', 'b4'],
      ]),
    );
  });
}

function testInspection({ newTopic, reopen, current }: Within): void {
  it('[L7] names what is otherwise than a topic was asked for, and changes nothing', async () => {
    const name = await newTopic(3);
    const spec: TopicSpec = { name, partitions: 3, retention: 'forever' };
    const absent = `t-${randomUUID()}`;
    await reopen();
    expect(await current().inspect([spec])).toEqual([]);
    expect(await current().inspect([])).toEqual([]);
    for (const [other, kind] of [
      [{ ...spec, name: absent }, 'missing'],
      [{ ...spec, partitions: 4 }, 'fewer'],
      [{ ...spec, partitions: 2 }, 'surplus'],
      [{ ...spec, retention: { days: 3 } }, 'retention'],
      [{ ...spec, compacted: true }, 'retention'],
    ] as const) {
      const found = await current().inspect([spec, other]);
      expect(found).toMatchObject([{ topic: other.name, kind }]);
      expect(found[0]?.says).toContain(other.name);
      expect(found[0]?.next).not.toBe('');
    }
    expect(await current().inspect([spec])).toEqual([]);
    expect(await current().topics(absent)).toEqual([]);
  });

  it('[L7] finds nothing otherwise in a topic of any kind that was just ensured', async () => {
    for (const more of [{ retention: { days: 30 } }, { compacted: true }] satisfies Partial<TopicSpec>[]) {
      const name = await newTopic(2, more);
      expect(await current().inspect([{ name, partitions: 2, retention: 'forever', ...more }])).toEqual([]);
    }
  });

  it('[L7] lists the topics that begin with a prefix', async () => {
    const [one, two] = [await newTopic(1), await newTopic(2)];
    expect(await current().topics(one)).toEqual([one]);
    expect(await current().topics('t-')).toEqual(expect.arrayContaining([one, two]));
    await reopen();
    expect(await current().topics(two.slice(0, -1))).toEqual([two]);
    expect(await current().topics('never-made')).toEqual([]);
  });
}

const PARTITIONS = 3;

const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });
const anyRecord: fc.Arbitrary<NewRecord> = fc.record(
  {
    value: fc.oneof(
      { weight: 10, arbitrary: fc.uint8Array({ maxLength: 40 }) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 20_000 }).map(pattern) },
      { weight: 1, arbitrary: fc.constantFrom(MEGABYTE, 256 * 1024).map(pattern) },
    ),
    key: anyText,
    headers: fc.dictionary(anyText, anyText, { maxKeys: 3 }),
  },
  { requiredKeys: ['value'] },
);
const anyAppend = fc.record({
  partition: fc.nat({ max: PARTITIONS - 1 }),
  records: fc.array(anyRecord, { minLength: 1, maxLength: 6 }),
});
/** Appends that are under way at once, or a re-opening. */
const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.array(anyAppend, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
);

async function readAll(
  log: Log,
  topic: string,
  partition: number,
  { from = 0, maxBytes = MEGABYTE }: { from?: number; maxBytes?: number } = {},
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const positions = Array.from({ length: partition + 1 }, () => -1);
  positions[partition] = from;
  for (;;) {
    const [found] = await log.fetch(topic, positions, { maxBytes });
    if (found === undefined) return records;
    records.push(...found.records);
    positions[partition] = found.next;
  }
}

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 31 + (index >> 8);
  return bytes;
}

function text(value: string): NewRecord {
  return { value: Buffer.from(value) };
}

function keyed(key: string, value: string): NewRecord {
  return { key, value: Buffer.from(value) };
}

function textOf(record: NewRecord): string {
  return Buffer.from(record.value).toString();
}

function copyOf(record: NewRecord): NewRecord {
  return { ...record, value: record.value.slice() };
}

/** A record as something that `toEqual` compares, and prints, well. */
function comparable({ value, key, headers }: NewRecord): object {
  return {
    value: Buffer.from(value).toString('base64'),
    key,
    // No headers and none at all are the same.
    headers: new Map(Object.entries(headers ?? {})),
  };
}
