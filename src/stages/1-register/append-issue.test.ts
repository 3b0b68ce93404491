import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import { closeElection } from '../../lifecycle/close.ts';
import { defineElection } from '../../lifecycle/define.ts';
import { createLifeReader, type LifeReader } from '../../lifecycle/life-reader.ts';
import { openElection } from '../../lifecycle/open.ts';
import type { Log, LogRecord, NewRecord } from '../../ports/log.ts';
import { decodeEvent, encodeEvent, isVoid, type Event } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import { decodeRegistration, type Registration } from '../../topics/voters.ts';
import { gatherFacts } from '../3-tally/recount-facts.ts';
import { readEvents } from '../3-tally/plain-fold.ts';
import { appendIssue } from './append-issue.ts';
import type { PeopleSource } from './people-source.ts';
import { register, type Registered } from './register.ts';

const election = smallElection();
const EVENTS = topicName(election.id, 'events');
const VOTERS = topicName(election.id, 'voters');
const BATCH_PEOPLE = 10;

let folder: string;
let log: Log;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-issue-'));
  log = await openLmdbLog(folder);
  await defineElection(log, election, 2);
});
afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

/** People in two places, in turn. */
function sourceOf(id: string, people: number): PeopleSource {
  const person = (index: number): Registration => ({
    source: id,
    index,
    place: index % 3 === 0 ? 'n1' : 's2',
    cohort: '18-64|f',
    registrationNumber: `${id}-${index}`,
    name: 'N',
  });
  return {
    id,
    people,
    async *batches(from, size) {
      for (let start = from; start < people; start += size)
        yield Array.from({ length: Math.min(size, people - start) }, (_, at) => person(start + at));
    },
  };
}

function run(source: PeopleSource, on: Log = log): Promise<Registered> {
  const reader = createLifeReader(on, election.id);
  return register({ log: on, reader, source, batchPeople: BATCH_PEOPLE }, new AbortController().signal);
}

type Append = (records: readonly NewRecord[]) => Promise<number>;

/** The log, with another way to append an issue: `number` counts the attempts from 1. */
function withIssues(appended: (append: Append, records: readonly NewRecord[], number: number) => Promise<number>): Log {
  let number = 0;
  return {
    ...log,
    append(topic, partition, records) {
      if (topic !== EVENTS) return log.append(topic, partition, records);
      return appended((some) => log.append(topic, partition, some), records, ++number);
    },
  };
}

/** The log, in which something comes just before the second issue. */
function withSomethingBefore(work: () => Promise<unknown>): Log {
  return withIssues(async (append, records, number) => {
    if (number === 2) await work();
    return append(records);
  });
}

async function readerOf(on: Log = log): Promise<LifeReader> {
  const reader = createLifeReader(on, election.id);
  await reader.catchUp();
  return reader;
}

async function issueToOne(source: string): Promise<void> {
  const issue = await appendIssue(log, await readerOf(), source, new Map([[0, 1]]));
  expect(issue).toMatchObject({ source, upTo: issue!.from + 1 });
}

interface WrittenIssue {
  readonly source: string;
  readonly upTo: number;
  readonly isVoid: boolean;
}

async function records(topic: string): Promise<readonly LogRecord[]> {
  const [fetched] = await log.fetch(topic, [0]);
  return fetched?.records ?? [];
}

async function writtenIssues(): Promise<WrittenIssue[]> {
  const events = (await records(EVENTS)).map(({ value, offset }) => ({ offset, event: decodeEvent(value, offset) }));
  return events.flatMap(({ offset, event }) =>
    event.type === 'issued' ? [{ source: event.source, upTo: event.upTo, isVoid: isVoid(event, offset) }] : [],
  );
}

/** Everybody once, in order, and as many serials, for the tally and the recount alike. */
async function expectRegistered(people: Readonly<Record<string, number>>): Promise<void> {
  const voters = (await records(VOTERS)).map(({ value }) => decodeRegistration(value));
  for (const [id, count] of Object.entries(people)) {
    const indices = voters.filter(({ source }) => source === id).map(({ index }) => index);
    expect([id, indices]).toEqual([id, Array.from({ length: count }, (_, index) => index)]);
  }
  const { life } = await readerOf();
  expect(Object.fromEntries(life.registered)).toEqual(people);
  const total = Object.values(people).reduce((sum, count) => sum + count, 0);
  expect([voters.length, life.roll.total]).toEqual([total, total]);
  const { ownerOf } = gatherFacts((await readEvents(log, election.id, Infinity)).events);
  const serials = Array.from({ length: life.roll.extents * 1024 }, (_, serial) => ownerOf(serial));
  expect(serials.filter((owner) => owner !== undefined)).toHaveLength(total);
}

const OTHERS: readonly (readonly [what: string, happen: () => Promise<unknown>])[] = [
  ['the opening of the polls', async () => openElection(log, await readerOf())],
  ['a new title', () => defineElection(log, { ...election, title: 'Another' }, 2)],
  ['an issue written again that is void', async () => copyOfFirst()],
  ['several events', async () => [await openElection(log, await readerOf()), await copyOfFirst(), await copyOfFirst()]],
];

async function copyOfFirst(): Promise<void> {
  const first = (await records(EVENTS)).find(({ value, offset }) => decodeEvent(value, offset).type === 'issued')!;
  await log.append(EVENTS, 0, [{ value: first.value }]);
}

test.each(OTHERS)('[R13] [R9] %s comes before an issue: it is written again behind it', async (_, happen) => {
  const done = await run(sourceOf('people', 35), withSomethingBefore(happen));
  expect(done).toEqual({ resumed: 0, added: 35, registered: 35 });
  await expectRegistered({ people: 35 });
  const mine = (await writtenIssues()).filter(({ upTo }) => upTo === 20);
  expect(mine.map(({ isVoid }) => isVoid)).toEqual([true, false]);
});

test('[R13] what was there before an issue is read first: nothing is void', async () => {
  const source = sourceOf('people', 35);
  let opened = false;
  const batches: PeopleSource['batches'] = async function* (from, size) {
    for await (const batch of source.batches(from, size)) {
      if (!opened) opened = await openElection(log, await readerOf());
      yield batch;
    }
  };
  await run({ ...source, batches });
  await expectRegistered({ people: 35 });
  expect((await writtenIssues()).every(({ isVoid }) => !isVoid)).toBe(true);
});

test('[R13] [R9] of two registers at once one is told, and run again they leave nobody missing or twice', async () => {
  const [mine, theirs] = [sourceOf('mine', 40), sourceOf('theirs', 25)];
  let issued = false;
  // The other one gets its issue in, and no further.
  const dying: Log = {
    ...log,
    append: async (topic, ...rest) => {
      if (topic === VOTERS) throw new Error('killed');
      return log.append(topic, ...rest);
    },
  };
  const between = withSomethingBefore(async () => {
    while ((await log.end(VOTERS, 0)) < BATCH_PEOPLE) await new Promise((resolve) => setTimeout(resolve, 1));
    await expect(run(theirs, dying)).rejects.toThrow('killed');
    issued = true;
  });
  await expect(run(mine, between)).rejects.toMatchObject({
    code: 'LT_USAGE',
    message: expect.stringContaining('Another register is at work on small (A small election)'),
  });
  expect(issued).toBe(true);
  expect((await writtenIssues()).filter(({ source }) => source === 'mine').map(({ isVoid }) => isVoid)).toEqual([
    false,
    true,
  ]);
  await run(theirs);
  await run(mine);
  await expectRegistered({ mine: 40, theirs: 25 });
});

test('[R13] a register that reads of another one before it issues is told, and issues nothing', async () => {
  const source = sourceOf('people', 35);
  const batches: PeopleSource['batches'] = async function* (from, size) {
    await issueToOne('other');
    yield* source.batches(from, size);
  };
  await expect(run({ ...source, batches })).rejects.toThrow(/Another register is at work/);
  expect((await writtenIssues()).map(({ source }) => source)).toEqual(['other']);
});

test('[R9] another register comes between the events and the registrations that one reads: nobody is taken for missing', async () => {
  await run(sourceOf('mine', 20));
  let isFirst = true;
  const between: Log = {
    ...log,
    async end(topic, partition) {
      if (topic === VOTERS && isFirst) {
        isFirst = false;
        await run(sourceOf('theirs', 5));
      }
      return log.end(topic, partition);
    },
  };
  expect(await run(sourceOf('mine', 30), between)).toEqual({ resumed: 0, added: 10, registered: 30 });
  await expectRegistered({ mine: 30, theirs: 5 });
});

test('[R13] [R9] an issue that is written twice, the second one acknowledged: it goes on, nobody is missing or twice', async () => {
  const doubling = withIssues(async (append, records) => {
    await append(records);
    return append(records);
  });
  expect(await run(sourceOf('people', 35), doubling)).toEqual({ resumed: 0, added: 35, registered: 35 });
  await expectRegistered({ people: 35 });
  expect((await writtenIssues()).map(({ isVoid }) => isVoid)).toEqual([
    false, true, false, true, false, true, false, true,
  ]); // prettier-ignore
});

test('[R13] two registers of the same people write the very same: the one whose issue stands second is told', async () => {
  // Written twice as well, so that the offset that is acknowledged says nothing.
  const late = withIssues(async (append, records) => {
    const { value } = records[0]!;
    const event = decodeEvent(value, 0) as Extract<Event, { type: 'issued' }>;
    await append([{ value: encodeEvent({ ...event, by: 'the other one' }) }]);
    await append(records);
    return append(records);
  });
  await expect(run(sourceOf('people', 5), late)).rejects.toThrow(/Another register is at work/);
  expect(await log.end(VOTERS, 0)).toBe(0);
  expect((await writtenIssues()).map(({ isVoid }) => isVoid)).toEqual([false, true, true]);
  expect(await run(sourceOf('people', 5))).toEqual({ resumed: 5, added: 0, registered: 5 });
  await expectRegistered({ people: 5 });
});

test('[R13] an issue that cannot be read back yet is not taken for void', async () => {
  let blind = false;
  const slow: Log = {
    ...withIssues(async (append, records) => {
      blind = true;
      return append(records);
    }),
    async fetch(topic, from, options) {
      if (!blind || topic !== EVENTS) return log.fetch(topic, from, options);
      blind = false;
      return [];
    },
  };
  await run(sourceOf('people', 15), slow);
  await expectRegistered({ people: 15 });
});

test('[R8] [R13] polls that close meanwhile take nobody more', async () => {
  const closing = withSomethingBefore(async () => closeElection(log, await readerOf()));
  await expect(run(sourceOf('people', 35), closing)).rejects.toMatchObject({
    code: 'LT_USAGE',
    message: expect.stringContaining('is closed'),
  });
  await expectRegistered({ people: 10 });
});

test('[R13] whoever finds something in the way again and again gives up, and hands out nothing', async () => {
  const crowded = withIssues(async (append, records) => {
    await append([{ value: encodeEvent({ type: 'described', election }) }]);
    return append(records);
  });
  await expect(run(sourceOf('people', 35), crowded)).rejects.toMatchObject({
    code: 'LT_USAGE',
    message: expect.stringContaining('Others keep writing'),
  });
  expect((await readerOf()).life.roll.total).toBe(0);
  await run(sourceOf('people', 35));
  await expectRegistered({ people: 35 });
});

test('[R13] [R9] an end of the log behind a hole is found by the second attempt', async () => {
  // Nothing stands at the offset 1, and nobody is told of it before something stands behind it.
  const outside = (offset: number): number => (offset >= 1 ? offset + 1 : offset);
  const holed: Log = {
    ...log,
    async append(topic, partition, records) {
      const offset = await log.append(topic, partition, records);
      return topic === EVENTS ? outside(offset) : offset;
    },
    async end(topic, partition) {
      const end = await log.end(topic, partition);
      return topic === EVENTS ? outside(end) : end;
    },
    async fetch(topic, from, options) {
      if (topic !== EVENTS) return log.fetch(topic, from, options);
      const inside = from.map((offset) => (offset > 1 ? offset - 1 : offset));
      const found = await log.fetch(topic, inside, options);
      return found.map(({ partition, records }) => {
        const moved = records.map((record) => ({ ...record, offset: outside(record.offset) }));
        return { partition, records: moved, next: moved.at(-1)!.offset + 1 };
      });
    },
  };
  expect(await run(sourceOf('people', 35), holed)).toEqual({ resumed: 0, added: 35, registered: 35 });
  const { life } = await readerOf(holed);
  expect(life.registered.get('people')).toBe(35);
  expect((await records(VOTERS)).map(({ value }) => decodeRegistration(value).index)).toEqual(
    Array.from({ length: 35 }, (_, index) => index),
  );
  const { events, end } = await readEvents(holed, election.id, Infinity);
  expect(end).toBe(1 + 1 + 1 + 4); // the definition, the hole, the void one, the four issues
  expect(events.map(({ offset }) => offset)).toEqual([0, 2, 3, 4, 5, 6]);
  const { ownerOf } = gatherFacts(events);
  const owned = Array.from({ length: life.roll.extents * 1024 }, (_, serial) => ownerOf(serial));
  expect(owned.filter((owner) => owner !== undefined)).toHaveLength(35);
});
