import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { smallElection } from '../../test/small-election.ts';
import { openLmdbLog } from '../adapters/lmdb/lmdb-log.ts';
import { freeze } from '../election/freeze.ts';
import { LivetallyError } from '../error.ts';
import type { Log, Mismatch } from '../ports/log.ts';
import { topicName } from '../topics/topics.ts';
import { closeElection } from './close.ts';
import { defineElection } from './define.ts';
import { createLifeReader } from './life-reader.ts';
import { openElection } from './open.ts';
import { requireTopics } from './topics-fit.ts';

const BALLOTS = topicName('small', 'ballots');
const EVENTS = topicName('small', 'events');
const election = smallElection();
let folder: string;
let log: Log;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-define-'));
  log = await openLmdbLog(folder);
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

it('[F12] a new election is defined once, however often it is asked for', async () => {
  const first = await defineElection(log, election, 2);
  expect(first.life).toMatchObject({ election, hash: freeze(election).hash, partitions: 2, opened: false });
  const second = await defineElection(log, structuredClone(election), 2);
  expect(second.position).toBe(1);
  expect(await log.end(EVENTS, 0)).toBe(1);
});

it('[F12] a define that died after making the topics is finished by the next', async () => {
  await log.ensureTopics([{ name: EVENTS, partitions: 1, retention: 'forever' }]);
  expect((await defineElection(log, election, 2)).life.election).toEqual(election);
});

it('[F11] new texts are described, the hash stays', async () => {
  const { life } = await defineElection(log, election, 2);
  const renamed = { ...election, title: 'Another title', simulation: { ...election.simulation, turnout: 1 } };
  const again = await defineElection(log, renamed, 2);
  expect(again.life.election).toEqual(renamed);
  expect(again.life.hash).toBe(life.hash);
  expect(again.position).toBe(2);
});

it('[F11] what decides the count cannot change: the refusal says what differs, and nothing is written', async () => {
  await defineElection(log, election, 2);
  const refused = await defineElection(log, { ...election, k: 5, results: 'hidden', title: 'x' }, 2).catch(
    (error) => error,
  );
  expect(refused).toBeInstanceOf(LivetallyError);
  expect(refused).toMatchObject({ code: 'LT_ELECTION_FROZEN' });
  expect(refused.message).toContain('  k: 1 became 5\n  results: "all" became "hidden"');
  expect(refused.message).not.toContain('title');
  expect(refused.next).toMatch(/another id.*another data folder/);
  expect(await log.end(EVENTS, 0)).toBe(1);
});

it('[F11] of many differences it names the first few', async () => {
  await defineElection(log, election, 2);
  const other = {
    ...election,
    places: election.places.map((place) => ({ ...place, id: `${place.id}x`, places: [] })),
    k: 3,
    cohorts: [],
  };
  const refused = (await defineElection(log, other, 2).catch((error) => error)) as Error;
  expect(refused.message).toMatch(/… and \d+ more$/);
  expect(refused.message.split('\n')).toHaveLength(7);
});

it('[F12] other partitions than it was defined with are refused', async () => {
  await defineElection(log, election, 2);
  await expect(defineElection(log, election, 3)).rejects.toMatchObject({ code: 'LT_LOG_MISMATCH' });
});

it('[F17] of two definitions at once the first counts, and whoever wrote the other is told', async () => {
  const rival = { ...election, k: 5 };
  const late: Log = {
    ...log,
    async append(...args) {
      await defineElection(log, election, 2);
      return log.append(...args);
    },
  };
  await expect(defineElection(late, rival, 2)).rejects.toMatchObject({ code: 'LT_ELECTION_FROZEN' });
  const reader = createLifeReader(log, 'small');
  expect(await reader.catchUp()).toBe(2);
  expect(reader.life.election).toEqual(election);
});

it('[L7] topics that are otherwise than the election was defined with are refused, surplus partitions are named', async () => {
  const { life } = await defineElection(log, election, 2);
  const said: string[] = [];
  const logger = {
    info: () => undefined,
    error: () => undefined,
    warn: (_: object, message: string) => said.push(message),
  };
  const finding = (kind: Mismatch['kind']): Log => ({
    ...log,
    inspect: async () => [{ topic: BALLOTS, kind, says: `It is ${kind}.`, next: 'Mend it.' }],
  });
  for (const kind of ['missing', 'fewer', 'retention'] as const) {
    await expect(requireTopics(finding(kind), life, logger)).rejects.toMatchObject({
      code: 'LT_LOG_MISMATCH',
      next: 'Mend it.',
    });
  }
  expect(said).toEqual([]);
  for (const kind of ['surplus', 'durability', 'size'] as const) await requireTopics(finding(kind), life, logger);
  expect(said).toEqual(['It is surplus.', 'It is durability.', 'It is size.']);
});

it('[L5] ballots that were deleted and made anew are refused once the polls have been opened', async () => {
  const reader = await defineElection(log, election, 2);
  await openElection(log, reader);
  const remade: Log = { ...log, topicId: async () => 'another' };
  await expect(defineElection(remade, election, 2)).rejects.toThrow(/made anew/);
  const gone: Log = {
    ...log,
    inspect: async () => [{ topic: BALLOTS, kind: 'missing', says: 'It is gone.', next: 'Restore it.' }],
  };
  await expect(defineElection(gone, election, 2)).rejects.toThrow(/ballots was deleted/);
});

it('[L5] events that were deleted are not written anew over ballots that stand', async () => {
  await log.ensureTopics([{ name: BALLOTS, partitions: 2, retention: 'forever' }]);
  await log.append(BALLOTS, 0, [{ value: Buffer.from('x') }]);
  await expect(defineElection(log, election, 2)).rejects.toThrow(/events was deleted/);
});

it('[F13] opens once', async () => {
  const reader = await defineElection(log, election, 2);
  expect(await openElection(log, reader)).toBe(true);
  expect(reader.life.opened).toBe(true);
  expect(await openElection(log, reader)).toBe(false);
  expect(await log.end(EVENTS, 0)).toBe(2);
});

it('[F13] closes once, where the ballots end, and is not opened again', async () => {
  const reader = await defineElection(log, election, 2);
  await openElection(log, reader);
  const record = { value: Buffer.from('x') };
  await log.append(BALLOTS, 1, [record, record]);
  expect(await closeElection(log, reader)).toEqual([0, 2]);
  await log.append(BALLOTS, 0, [record]);
  const later = createLifeReader(log, 'small');
  expect(await closeElection(log, later)).toEqual([0, 2]);
  expect(later.life.closed).toEqual([0, 2]);
  expect(await openElection(log, later)).toBe(false);
  expect(await log.end(EVENTS, 0)).toBe(3);
});

it('[F13] what was closed without ever having opened is not opened', async () => {
  const reader = await defineElection(log, election, 2);
  await closeElection(log, reader);
  expect(await openElection(log, reader)).toBe(false);
  expect(reader.life.opened).toBe(false);
});
