import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Election } from '../../src/election/election.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import { createLifeReader } from '../../src/lifecycle/life-reader.ts';
import { openElection } from '../../src/lifecycle/open.ts';
import type { Log } from '../../src/ports/log.ts';
import { LivetallyError } from '../../src/error.ts';
import { register, type Registered } from '../../src/stages/1-register/register.ts';
import { seededPeople } from '../../src/stages/1-register/seeded-people.ts';
import { readEvents } from '../../src/stages/3-tally/plain-fold.ts';
import { gatherFacts } from '../../src/stages/3-tally/recount-facts.ts';
import { topicName } from '../../src/topics/topics.ts';
import { decodeRegistration } from '../../src/topics/voters.ts';
import { beginForeignTransaction } from '../foreign-transaction.ts';
import { BROKERS, brokerLog, brokersOrNone, freshId, need } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { livetally, scratch, startLivetally, writeElection } from './livetally.ts';

const isThere = need({ broker: true }, 'no registers were at work on a broker at once');
const { path, remove } = scratch();
afterAll(remove);
const PARTITIONS = 2;
const IDLE = new AbortController().signal;

async function people(log: Log, election: Election, seed: string, count: number): Promise<Registered> {
  const source = await seededPeople(election, seed, count, '2026-11-03');
  return register({ log, reader: createLifeReader(log, election.id), source, batchPeople: 20 }, IDLE);
}

/** As whoever is told to run it again does. */
async function insistently(work: () => Promise<Registered>): Promise<number> {
  let told = 0;
  for (;;) {
    try {
      await work();
      return told;
    } catch (error) {
      if (!(error instanceof LivetallyError && error.code === 'LT_USAGE')) throw error;
      told++;
    }
  }
}

/** Everybody once, and as many serials, for the tally and the recount alike. Resolves with how many issues are void. */
async function expectRegistered(log: Log, { id }: Election, counts: Readonly<Record<string, number>>): Promise<number> {
  const people: string[] = [];
  for (let next = 0; ;) {
    const [fetched] = await log.fetch(topicName(id, 'voters'), [next]);
    if (fetched === undefined) break;
    for (const { value } of fetched.records) {
      const { source, index } = decodeRegistration(value);
      people.push(`${source} ${index}`);
    }
    next = fetched.next;
  }
  const expected = Object.entries(counts).flatMap(([seed, count]) =>
    Array.from({ length: count }, (_, index) => `people:${seed} ${index}`),
  );
  expect(people.sort()).toEqual(expected.sort());
  const { life } = await readerOf(log, id);
  expect(life.roll.total).toBe(expected.length);
  const { events } = await readEvents(log, id, Infinity);
  const { ownerOf } = gatherFacts(events);
  const serials = Array.from({ length: life.roll.extents * 1024 }, (_, serial) => ownerOf(serial));
  expect(serials.filter((owner) => owner !== undefined)).toHaveLength(expected.length);
  return events.filter(({ event, offset }) => event.type === 'issued' && event.at !== offset).length;
}

async function readerOf(log: Log, id: string): Promise<ReturnType<typeof createLifeReader>> {
  const reader = createLifeReader(log, id);
  await reader.catchUp();
  return reader;
}

describe.skipIf(!isThere).each(brokersOrNone())('registers on a broker: $name', ({ address }) => {
  it('[R13] [R9] several at once, and somebody who changes texts: nobody is missing or twice', async () => {
    const election = smallElection({ id: freshId('races') });
    await using under = await brokerLog(address, election.id);
    const { log } = under;
    await defineElection(log, election, PARTITIONS);
    const seeds = ['1', '2', '3'];
    let working = seeds.length;
    const registers = seeds.map(async (seed) => {
      try {
        return await insistently(() => people(log, election, seed, 400));
      } finally {
        working--;
      }
    });
    for (let title = 0; working > 0; title++) {
      await defineElection(log, { ...election, title: `Title ${title}` }, PARTITIONS);
    }
    const told = await Promise.all(registers);
    expect(told.reduce((sum, times) => sum + times, 0)).toBeGreaterThan(0);
    await expectRegistered(log, election, { 1: 400, 2: 400, 3: 400 });
  });

  it('[R13] [R9] the events end with a marker of a transaction, which nobody is told of: the second attempt stands', async () => {
    const election = smallElection({ id: freshId('races') });
    await using under = await brokerLog(address, election.id);
    const { log } = under;
    await openElection(log, await defineElection(log, election, PARTITIONS));
    await people(log, election, '1', 40);
    const topic = topicName(election.id, 'events');
    const end = await log.end(topic, 0);
    await using transaction = await describeInTransaction(address, { ...election, title: 'Another' });
    const marked: Log = {
      ...log,
      async append(name, partition, records) {
        // The event in the transaction has been read by now, and what ends it comes behind.
        if (name === topic) await transaction.commit(async () => (await log.end(topic, 0)) === end + 2);
        return log.append(name, partition, records);
      },
    };
    expect(await people(marked, election, '1', 100)).toEqual({ resumed: 0, added: 60, registered: 100 });
    expect(await expectRegistered(log, election, { 1: 100 })).toBe(1);
  });
});

interface OpenTransaction extends AsyncDisposable {
  /** Once; resolves when its marker stands in the log, which is after the broker has said so. */
  commit(isMarked: () => Promise<boolean>): Promise<void>;
}

async function describeInTransaction(address: string, election: Election): Promise<OpenTransaction> {
  const topic = topicName(election.id, 'events');
  const value = Buffer.from(JSON.stringify({ type: 'described', election }));
  const transaction = await beginForeignTransaction(address, topic, value);
  let isCommitted = false;
  return {
    async commit(isMarked) {
      if (isCommitted) return;
      isCommitted = true;
      await transaction.commit();
      await vi.waitFor(async () => expect(await isMarked()).toBe(true), 20_000);
    },
    [Symbol.asyncDispose]: () => transaction[Symbol.asyncDispose](),
  };
}

it.skipIf(!isThere)(
  '[R8] [C26] `close` while `start` registers: nobody more is taken, and the page stays',
  async () => {
    const election = smallElection({ id: freshId('races') });
    const { address } = BROKERS[0]!;
    await using under = await brokerLog(address, election.id);
    const file = writeElection(path('election.yaml'), election);
    const env = { KAFKA_BOOTSTRAP_SERVERS: address, LIVETALLY_DATA: path('data') };
    const shown = ['--election', file, '--port', '0', '--no-database', '--json'];
    const start = await startLivetally(['start', ...shown, '--voters', '100000', '--register-rate', '200'], { env });
    const { url } = JSON.parse(start.firstLine) as { url: string };
    const registered = async (): Promise<number> => (await readerOf(under.log, election.id)).life.roll.total;
    await vi.waitFor(async () => expect(await registered()).toBeGreaterThan(100), 20_000);

    const other = { ...env, LIVETALLY_DATA: path('elsewhere') };
    const closed = await livetally(['close', '--election-id', election.id, '--yes'], { env: other });
    expect(closed.code, closed.err).toBe(0);
    const { events } = await readEvents(under.log, election.id, Infinity);
    const before = await registered();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await registered()).toBe(before);
    const after = (await readEvents(under.log, election.id, Infinity)).events.slice(events.length);
    // At most the one that was under way, and nothing of it is handed out.
    expect(after.filter(({ event, offset }) => event.type !== 'issued' || event.at === offset)).toEqual([]);
    expect((await fetch(url)).status).toBe(200);
    const { code, err } = await start.stop();
    expect(code, err).toBe(0);
  },
);
