import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import { createVotingCodes } from '../../election/code.ts';
import type { Election } from '../../election/election.ts';
import { unitOfSerial } from '../../election/roll.ts';
import { createLifeReader } from '../../lifecycle/life-reader.ts';
import type { Log, NewRecord } from '../../ports/log.ts';
import { decodeEvent, encodeEvent, type Event } from '../../topics/events.ts';
import { decodeRegistration, type Registration } from '../../topics/voters.ts';
import { openCodesFile, type CodesFile } from './codes-file.ts';
import { loadNameLists } from './name-lists.ts';
import { createPeople } from './people.ts';
import type { PeopleSource } from './people-source.ts';
import { seededSource } from './seeded-people.ts';
import { register, type Registered, type RegisterOptions } from './register.ts';

const election: Election = {
  id: 'demo',
  title: 'Demo',
  contests: [{ id: 'c', title: 'C', method: 'plurality', candidates: [{ id: 'a', name: 'A' }] }],
  places: ['north', 'south'].map((id) => ({ id, name: id })),
  cohorts: [{ id: 'sex', name: 'Sex', values: ['f', 'm'].map((id) => ({ id, name: id })) }],
  breakdowns: [['place'], ['cohort']],
  results: 'all',
  k: 0,
  simulation: { turnout: 1, repeats: 0, malformed: 0, lean: 0 },
};
const lists = await loadNameLists();
const people = createPeople(election, 7, '2026-11-03', lists);
const codes = createVotingCodes(election.id, Buffer.alloc(32, 1));
const TOPICS = ['events', 'voters'].map((topic) => `livetally.demo.${topic}`) as [string, string];

let folder: string;
let log: Log;
const opened: CodesFile[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-register-'));
  log = await openLmdbLog(join(folder, 'log'));
  await log.ensureTopics(TOPICS.map((name) => ({ name, partitions: 1, retention: 'forever' })));
  await appendEvent({ type: 'defined', election, hash: 'h', partitions: 4 });
});
afterEach(async () => {
  for (const file of opened.splice(0)) await file.close();
  await log.close();
  await rm(folder, { recursive: true });
});

async function appendEvent(event: Event): Promise<void> {
  await log.append(TOPICS[0], 0, [{ value: encodeEvent(event) }]);
}

function run(source: PeopleSource, more: Partial<RegisterOptions> = {}, signal?: AbortSignal): Promise<Registered> {
  const on = more.log ?? log;
  const options = { log: on, reader: createLifeReader(on, 'demo'), source, batchPeople: 10, ...more };
  return register(options, signal ?? new AbortController().signal);
}

async function openCodes(): Promise<CodesFile> {
  const file = await openCodesFile(join(folder, 'codes.csv'), codes);
  opened.push(file);
  return file;
}

async function readAll(topic: string): Promise<Uint8Array[]> {
  const [fetched] = await log.fetch(topic, [0], { maxBytes: 1e9 });
  return fetched?.records.map(({ value }) => value) ?? [];
}

const voters = async (): Promise<Registration[]> => (await readAll(TOPICS[1])).map(decodeRegistration);

/** The state that every end of every story must have: everyone once, in order, as many serials, by unit too. */
async function expectRegistered(count: number, from: PeopleSource = seededSource(people, count)): Promise<void> {
  const expected: Registration[] = [];
  for await (const batch of from.batches(0, count)) expected.push(...batch);
  const found = (await voters()).filter(({ source }) => source === from.id);
  expect(found).toEqual(expected.map((person) => JSON.parse(JSON.stringify(person))));
  const reader = createLifeReader(log, 'demo');
  await reader.catchUp();
  expect(reader.life.registered.get(from.id) ?? 0).toBe(count);
}

async function expectIssuedAsRegistered(): Promise<void> {
  const issued: Record<string, number> = {};
  for (const [at, value] of (await readAll(TOPICS[0])).entries()) {
    const event = decodeEvent(value, at);
    if (event.type !== 'issued') continue;
    for (const [, count, place, cohort] of event.runs)
      issued[`${place} ${cohort}`] = (issued[`${place} ${cohort}`] ?? 0) + count;
  }
  const registered: Record<string, number> = {};
  for (const { place, cohort } of await voters())
    registered[`${place} ${cohort}`] = (registered[`${place} ${cohort}`] ?? 0) + 1;
  expect(issued).toEqual(registered);
}

/** The rows of the codes file: every person once, every serial once, of the person's own unit. */
async function expectCodes(count: number): Promise<void> {
  const reader = createLifeReader(log, 'demo');
  await reader.catchUp();
  const { roll } = reader.life;
  const everyone = Array.from({ length: count }, (_, index) => people.person(index));
  const found = await (await openCodes()).find(new Set(everyone.map(({ registrationNumber }) => registrationNumber)));
  expect(found.size).toBe(count);
  expect(new Set(found.values()).size).toBe(count);
  for (const { registrationNumber, place, cohort } of everyone) {
    const unit = roll.space.places.indexOf(place) * 2 + roll.space.cohorts.indexOf(cohort);
    expect(unitOfSerial(roll, found.get(registrationNumber)!)).toBe(unit);
  }
}

/** A log that dies at its n-th append: before the records are durable, or after, without an answer. */
function dyingLog(appends: number, moment: 'before' | 'after'): Log {
  let left = appends;
  const dead = new Error('killed');
  return {
    ...log,
    async append(topic: string, partition: number, records: readonly NewRecord[]) {
      left -= 1;
      if (left < 0 || (left === 0 && moment === 'before')) throw dead;
      const offset = await log.append(topic, partition, records);
      if (left === 0) throw dead;
      return offset;
    },
  };
}

test('[R8] everyone is registered once, in order, and as many serials are issued as people registered', async () => {
  const seen: Registered[] = [];
  const done = await run(seededSource(people, 57), { onProgress: (progress) => seen.push(progress) });
  expect(done).toEqual({ resumed: 0, added: 57, registered: 57 });
  expect(seen.map(({ registered }) => registered)).toEqual([10, 20, 30, 40, 50, 57]);
  await expectRegistered(57);
  await expectIssuedAsRegistered();
});

test('[R8] the serials of a batch are durable before its registrations, and before its codes', async () => {
  const order: string[] = [];
  const spied: Log = {
    ...log,
    async append(topic, partition, records) {
      const offset = await log.append(topic, partition, records);
      const first = records[0]!.value;
      order.push(
        topic === TOPICS[0]
          ? `issued ${(decodeEvent(first, 0) as { upTo: number }).upTo}`
          : `voters ${decodeRegistration(first).index}`,
      );
      return offset;
    },
  };
  const spiedCodes: CodesFile = {
    find: () => Promise.reject(new Error('nothing to find')),
    append: async (rows) => {
      order.push(`codes ${rows[0]![0].slice(-2)}`);
    },
    close: async () => undefined,
  };
  await run(seededSource(people, 30), { log: spied, codes: spiedCodes });
  for (const [batch, upTo] of [10, 20, 30].entries()) {
    const moments = [`issued ${upTo}`, `codes ${batch}1`, `voters ${batch * 10}`].map((moment) =>
      order.indexOf(moment),
    );
    expect(moments).toEqual(moments.toSorted((one, other) => one - other));
    expect(moments).not.toContain(-1);
  }
});

test('[R9] the same count again does nothing; a larger one goes on; a smaller one does nothing', async () => {
  await run(seededSource(people, 25));
  const end = await log.end(TOPICS[0], 0);
  expect(await run(seededSource(people, 25))).toEqual({ resumed: 0, added: 0, registered: 25 });
  expect(await run(seededSource(people, 5))).toEqual({ resumed: 0, added: 0, registered: 25 });
  expect(await log.end(TOPICS[0], 0)).toBe(end);
  expect(await run(seededSource(people, 40))).toEqual({ resumed: 0, added: 15, registered: 40 });
  await expectRegistered(40);
  await expectIssuedAsRegistered();
});

const KILLS = Array.from({ length: 10 }, (_, at) => at + 1).flatMap((appends) =>
  (['before', 'after'] as const).map((moment) => [appends, moment] as const),
);

test.each(KILLS)(
  '[R9] killed at append %i, %s it is durable: run again, nobody is missing or twice',
  async (appends, moment) => {
    const source = seededSource(people, 45);
    await expect(run(source, { log: dyingLog(appends, moment), codes: await openCodes() })).rejects.toThrow('killed');
    await opened.pop()!.close();
    const issued = createLifeReader(log, 'demo');
    await issued.catchUp();
    const before = await log.end(TOPICS[1], 0);
    const done = await run(source, { codes: await openCodes() });
    await opened.pop()!.close();
    expect(done.resumed).toBe((issued.life.registered.get(source.id) ?? 0) - before);
    expect(done.resumed + done.added).toBe(45 - before);
    await expectRegistered(45);
    await expectIssuedAsRegistered();
    await expectCodes(45);
  },
);

test.each([0, 1, 4, 9])(
  '[R9] killed after %i rows of the codes of a batch: those rows stay, the others follow',
  async (rowsWritten) => {
    const source = seededSource(people, 25);
    const file = await openCodes();
    let batches = 2;
    const dying: CodesFile = {
      ...file,
      async append(rows) {
        batches -= 1;
        if (batches > 0) return file.append(rows);
        await file.append(rows.slice(0, rowsWritten));
        throw new Error('killed');
      },
    };
    await expect(run(source, { codes: dying })).rejects.toThrow('killed');
    const before = await readFile(join(folder, 'codes.csv'), 'utf8');
    expect(before.trimEnd().split('\n').length).toBe(1 + 10 + rowsWritten);
    expect(await run(source, { codes: file })).toMatchObject({ registered: 25 });
    expect((await readFile(join(folder, 'codes.csv'), 'utf8')).startsWith(before)).toBe(true);
    await expectCodes(25);
    await expectRegistered(25);
  },
);

test('[R9] killed in the resume of a kill, again and again: nobody is missing or twice', async () => {
  const source = seededSource(people, 45);
  for (const [appends, moment] of [
    [4, 'before'],
    [1, 'after'],
    [3, 'before'],
    [1, 'before'],
    [2, 'after'],
  ] as const) {
    // prettier-ignore
    await expect(run(source, { log: dyingLog(appends, moment) })).rejects.toThrow('killed');
  }
  await run(source);
  await expectRegistered(45);
  await expectIssuedAsRegistered();
});

test('[R9] a batch of which some are recorded goes on inside the batch', async () => {
  const source = seededSource(people, 3000); // one issue, several appends
  await expect(run(source, { log: dyingLog(3, 'before'), batchPeople: 3000 })).rejects.toThrow('killed');
  const recorded = await log.end(TOPICS[1], 0);
  expect(recorded).toBeGreaterThan(0);
  expect(recorded).toBeLessThan(3000);
  expect(await run(source)).toEqual({ resumed: 3000 - recorded, added: 0, registered: 3000 });
  await expectRegistered(3000);
});

test('[R9] people issued and not recorded come first, also with a larger count', async () => {
  await expect(run(seededSource(people, 20), { log: dyingLog(2, 'before') })).rejects.toThrow('killed');
  expect(await run(seededSource(people, 33))).toMatchObject({ registered: 33 });
  await expectRegistered(33);
  await expectIssuedAsRegistered();
});

test('[R9] another source, fewer people, or people moved: refused while an interrupted register waits', async () => {
  const other = createPeople(election, 8, '2026-11-03', lists);
  await run(seededSource(other, 12));
  await expect(run(seededSource(people, 20), { log: dyingLog(2, 'before') })).rejects.toThrow('killed');
  await expect(run(seededSource(other, 20))).rejects.toMatchObject({
    code: 'LT_USAGE',
    message: expect.stringContaining('people:7'),
  });
  await expect(run(seededSource(people, 5))).rejects.toMatchObject({
    code: 'LT_USAGE',
    next: expect.stringContaining('at least'),
  });
  const south = { ...election, places: [election.places[0]!, { id: 'south', name: 'south', population: 1 }] };
  const moved = createPeople(south, 7, '2026-11-03', lists);
  await expect(run(seededSource(moved, 20))).rejects.toMatchObject({ code: 'LT_ELECTION_FROZEN' });
  await run(seededSource(people, 20));
  await run(seededSource(other, 20));
  await expectRegistered(20);
  await expectRegistered(20, seededSource(other, 20));
  await expectIssuedAsRegistered();
});

test('[R9] registrations that the log has let go of are not made again', async () => {
  await run(seededSource(people, 25));
  const erased: Log = { ...log, fetch: async (topic, from) => (topic === TOPICS[1] ? [] : log.fetch(topic, from)) };
  expect(await run(seededSource(people, 25), { log: erased })).toEqual({ resumed: 0, added: 0, registered: 25 });
  expect(await log.end(TOPICS[1], 0)).toBe(25);
});

test('[R9] an abort ends after whole batches, and the next run goes on', async () => {
  const stop = new AbortController();
  const stopped = await run(
    seededSource(people, 500),
    { onProgress: ({ added }) => added >= 30 && stop.abort() },
    stop.signal,
  );
  expect(stopped.added).toBeGreaterThanOrEqual(30);
  expect(stopped.added).toBeLessThan(500);
  expect(await log.end(TOPICS[1], 0)).toBe(stopped.registered);
  expect(await run(seededSource(people, 500))).toMatchObject({ resumed: 0, registered: 500 });
  await expectRegistered(500);
});

test('[R8] a closed election takes no more people', async () => {
  await run(seededSource(people, 5));
  await appendEvent({ type: 'closed', ballots: [0, 0, 0, 0] });
  await expect(run(seededSource(people, 9))).rejects.toMatchObject({ code: 'LT_USAGE' });
  expect(await run(seededSource(people, 5))).toMatchObject({ added: 0 });
});

test('[R3] no record holds a serial or a code beside a person', async () => {
  await run(seededSource(people, 60), { codes: await openCodes() });
  const found = await opened[0]!.find(new Set((await voters()).map(({ registrationNumber }) => registrationNumber)));
  const events = (await readAll(TOPICS[0])).map((value) => Buffer.from(value).toString()).join('\n');
  const registrations = (await readAll(TOPICS[1])).map((value) => Buffer.from(value).toString()).join('\n');
  for (const [number, serial] of found) {
    expect(events).not.toContain(number);
    expect(registrations).not.toContain(codes.codeOf(serial));
  }
  for (const person of await voters()) expect(Object.keys(person)).not.toContain('serial');
});
