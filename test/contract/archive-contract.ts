import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Election } from '../../src/election/election.ts';
import type { Database } from '../../src/ports/database.ts';
import { archive, type ArchiveOptions } from '../../src/stages/4-publish/archive.ts';
import { newestReport } from '../../src/stages/4-publish/newest-report.ts';
import { projectToEnd } from '../../src/stages/4-publish/project.ts';
import {
  append,
  castInTurn,
  closeAndReport,
  exclude,
  issuedSerials,
  lineOf,
  unitOf,
  votedScene,
  type Choices,
  type Choose,
} from '../archive-scene.ts';
import { dyingAt } from '../dying-database.ts';
import { openScene, type Scene } from '../projection-scene.ts';
import { smallElection } from '../small-election.ts';
import type { DatabaseUnderTest } from './database-contract.ts';

let database: Database;
let scenes: Scene[] = [];
const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** What the archive promises on every database; each adapter registers it in a file of its own. */
export function archiveContract(name: string, create: () => Promise<DatabaseUnderTest>): void {
  describe(`archive: ${name}`, () => {
    let under: DatabaseUnderTest;

    beforeAll(async () => {
      under = await create();
      database = await under.open();
    });
    afterAll(async () => {
      await database.close();
      await under.drop();
    });
    beforeEach(() => void (scenes = []));
    afterEach(async () => {
      for (const scene of scenes) await scene.drop();
      await database.query('TRUNCATE elections, projections CASCADE');
    });

    describe('when', refusalContract);
    describe('what it holds', privacyContract);
    describe('its sums', sumContract);
    describe('writing', writingContract);
  });
}

function kept(scene: Scene): Scene {
  scenes.push(scene);
  return scene;
}

async function closedScene(people: number, choose: Choose, changes?: Partial<Election>): Promise<Scene> {
  return closeAndReport(kept(await votedScene(people, choose, changes)));
}

async function archived(
  scene: Scene,
  changes: Partial<ArchiveOptions> = {},
  into: Database = database,
): ReturnType<typeof archive> {
  const { log, election, reader } = scene;
  await reader.catchUp();
  const report = await newestReport(log, election.id, election.contests.length);
  const projected = async (): Promise<Database> => {
    await projectToEnd({ log, database, electionId: election.id, logger });
    return into;
  };
  return archive({ log, database: projected, reader, report, ...changes });
}

/** In the order in which they lie in the database. */
async function tables(): Promise<Record<string, object[]>> {
  const found: Record<string, object[]> = {};
  for (const table of ['archives', 'archived_groups', 'archived_ballots', 'archived_rest', 'archived_rest_votes']) {
    found[table] = await database.query(`SELECT * FROM ${table} ORDER BY ctid`);
  }
  return found;
}

async function wholeBallots(): Promise<{ value: string; choices: object; ballots: number }[]> {
  return database.query('SELECT value, choices, ballots FROM archived_ballots ORDER BY value, ballots DESC, digest');
}

const NAMES = ['ann', 'bob', 'cy'];

/** In every place many alike, and a few that are rare. */
function usual(voter: number): Choices {
  return [[NAMES[voter % 2]!], voter % 97 === 0 ? ['ash', 'oak'] : ['oak']];
}

function refusalContract(): void {
  test('[P27] it is refused before the close, and before everything is counted', async () => {
    const scene = kept(await votedScene(100, usual));
    await scene.report();
    await expect(archived(scene)).rejects.toMatchObject({ code: 'LT_ELECTION_OPEN', message: /closed/ });
    expect((await tables())['archives']).toEqual([]);
    await closeAndReport(scene);
    expect(await archived(scene)).toMatchObject({ counted: 100 });
    await exclude(scene, [issuedSerials(scene)[0]!]);
    await expect(archived(scene)).rejects.toMatchObject({ code: 'LT_ELECTION_OPEN', next: /livetally tally/ });
  });

  test('[P27] it is refused when the ballots do not add up to the report', async () => {
    const scene = await closedScene(200, usual);
    const report = (await newestReport(scene.log, 'small', 2))!;
    const [mayor, parks] = report.counts.contests;
    const wrong = { ...mayor!, votes: mayor!.votes.map((votes, at) => votes + [1, -1, 0][at]!) };
    const counts = { ...report.counts, contests: [wrong, parks!] };
    const refused = archived(scene, { by: '*', report: { ...report, counts } });
    await expect(refused).rejects.toMatchObject({ code: 'LT_COUNT_DIFFERS' });
    expect((await tables())['archives']).toEqual([]);
  });

  test('[P27] a breakdown that the election does not show is refused, and those it shows are named', async () => {
    const scene = await closedScene(100, usual, { results: 'totals' });
    await expect(archived(scene, { by: 'place' })).rejects.toMatchObject({ code: 'LT_USAGE', next: 'It shows: *.' });
    expect(await archived(scene)).toMatchObject({ breakdown: '*', groups: 1 });
    const other = await closedScene(100, usual, { id: 'other' });
    const next = 'It shows: *, place, cohort, place/age.';
    await expect(archived(other, { by: 'sex' })).rejects.toMatchObject({ code: 'LT_USAGE', next });
  });
}

function privacyContract(): void {
  test('[P28] its columns are these', async () => {
    const columns = await database.query<{ table: string; columns: string }>(
      `SELECT table_name AS table, string_agg(column_name, ' ' ORDER BY ordinal_position) AS columns
       FROM information_schema.columns WHERE table_schema = current_schema() AND table_name LIKE 'archive%'
       GROUP BY table_name`,
    );
    // Whoever adds one asks first what it tells, beside the voters and the results.
    expect(Object.fromEntries(columns.map(({ table, columns }) => [table, columns]))).toEqual({
      archives: 'election counting position breakdown least',
      archived_groups: 'election value counted',
      archived_ballots: 'election value digest choices ballots',
      archived_rest: 'election value contest valid blank rejected',
      archived_rest_votes: 'election value contest candidate votes',
    });
  });

  test('[P28] the same ballots of other voters in another order make the same rows, in the same order', async () => {
    const people = 800;
    const parks = [['oak'], ['elm'], ['ash'], ['oak', 'elm'], []];
    const choose = (voter: number): Choices => [[NAMES[voter % 3]!], parks[voter % 5]!];
    await archived(await closedScene(people, choose));
    const { archives: _first, ...rows } = await tables();
    expect(rows['archived_ballots']!.length).toBeGreaterThan(20);
    const scene = kept(await openScene(smallElection()));
    await scene.register(people);
    // Those of one place and cohort trade their ballots with each other, and all come in another order.
    const serials = issuedSerials(scene);
    const units = Map.groupBy(serials.keys(), (voter) => unitOf(scene, serials[voter]!));
    const mateOf = (voter: number): number => {
      const mates = units.get(unitOf(scene, serials[voter]!))!;
      return mates[mates.length - 1 - mates.indexOf(voter)]!;
    };
    await castInTurn(
      scene,
      (turn) => people - 1 - turn,
      (voter) => choose(mateOf(voter)),
    );
    await archived(await closeAndReport(scene));
    const { archives: _second, ...again } = await tables();
    expect(again).toEqual(rows);
  });

  test('[P28] what was rejected leaves nothing but its number, and the order of names says nothing', async () => {
    const marked = (voter: number): Choices => {
      const mark = [`mark-of-${voter}`];
      if (voter % 3 === 0) return [mark, ['oak', ...mark]];
      return [['ann'], voter % 3 === 1 ? ['elm', 'oak'] : ['oak', 'elm']];
    };
    await archived(await closedScene(300, marked), { by: '*' });
    expect(await wholeBallots()).toEqual([
      { value: '*', choices: { mayor: ['ann'], parks: ['oak', 'elm'] }, ballots: 200 },
      { value: '*', choices: { mayor: null, parks: null }, ballots: 100 },
    ]);
    expect(JSON.stringify(await tables())).not.toContain('mark');
  });

  test('[P28] rare ballots are not whole, and never alone in what is left of a group', async () => {
    // The three would follow, if the twelve and the eleven were both whole.
    const three = (voter: number): Choices => [[NAMES[voter < 12 ? 0 : voter < 23 ? 1 : 2]!], ['oak']];
    const made = await archived(await closedScene(26, three), { by: '*' });
    expect(made).toEqual({ groups: 1, breakdown: '*', counted: 26, whole: 12, rows: 1, least: 10 });
    const rest = await database.query('SELECT contest, valid, blank, rejected FROM archived_rest ORDER BY 1');
    expect(rest).toEqual(['mayor', 'parks'].map((contest) => ({ contest, valid: 14, blank: 0, rejected: 0 })));
  });

  test('[P28] rows that a crossed breakdown does not show are one group', async () => {
    // 40 of each place and cohort, in their order; of the older ones of the first place only five vote.
    const choose: Choose = (voter) => (voter >= 85 && voter < 160 ? undefined : [['ann'], []]);
    const scene = await closedScene(640, choose, { k: 12 });
    expect(await archived(scene, { by: 'place/age' })).toMatchObject({ breakdown: 'place/age', least: 12 });
    const groups = await database.query<{ value: string }>('SELECT value FROM archived_groups ORDER BY value');
    expect(groups.map(({ value }) => value)).toContain('held back');
    const shown = await database.query(
      `SELECT value FROM turnout WHERE breakdown = 'place/age' AND counted IS NOT NULL ORDER BY value`,
    );
    expect(groups.filter(({ value }) => value !== 'held back')).toEqual(shown);
    await expectPrivate(12);
  });

  const cases = fc.record({
    k: fc.constantFrom(0, 1, 10, 14),
    people: fc.integer({ min: 1, max: 400 }),
    /** How unequal places and cohorts, and how rare choices are. */
    skew: fc.integer({ min: 1, max: 40 }),
    by: fc.constantFrom('*', 'place', 'cohort', 'place/age'),
    seed: fc.nat(),
  });

  test('[P28] [P29] whatever is cast, nothing is of fewer than k and ten, and all adds up', async () => {
    const runs = fc.asyncProperty(cases, async ({ k, people, skew, by, seed }) => {
      const scene = await votedScene(people, drawn(skew, seed), { k });
      await archived(await closeAndReport(scene), { by });
      await expectPrivate(Math.max(k, 10));
      await expectSumsOf(scene);
      await database.query('TRUNCATE elections, projections CASCADE');
      await scene.drop();
    });
    await fc.assert(runs, { numRuns: 60 });
  });
}

function drawn(skew: number, seed: number): Choose {
  return (voter) => {
    const draw = (of: number): number => Math.imul((voter + 1) * 2654435761 + seed + of * 97, 0x9e3779b1) >>> 8;
    if (draw(6) % skew >= 1 + (voter % 5) * 3) return undefined;
    const mayor = draw(1) % skew < 2 ? NAMES[draw(2) % 3] : NAMES[0];
    const parks = draw(3) % skew < 3 ? ['oak', 'elm', 'ash'].slice(draw(4) % 4) : ['elm'];
    return [draw(5) % 50 === 0 ? [] : [mayor!], parks];
  };
}

async function expectPrivate(least: number): Promise<void> {
  const groups = await database.query<{ value: string; counted: number; whole: number; rest: number | null }>(
    `SELECT g.value, g.counted, coalesce(sum(b.ballots), 0) AS whole,
       (SELECT max(valid + blank + rejected) FROM archived_rest r WHERE r.value = g.value) AS rest
     FROM archived_groups g LEFT JOIN archived_ballots b USING (election, value) GROUP BY g.value, g.counted`,
  );
  for (const { value, counted, whole, rest } of groups) {
    expect(whole + (rest ?? 0), value).toBe(counted);
    if (groups.length > 1) expect(counted, value).toBeGreaterThanOrEqual(least);
    if (rest !== null && counted >= least) expect(rest, value).toBeGreaterThanOrEqual(least);
  }
  for (const { ballots } of await wholeBallots()) expect(ballots).toBeGreaterThanOrEqual(least);
}

/** Votes by contest and candidate, of whole ballots and rests together. */
const VOTES = `
  SELECT contest, candidate, sum(votes) AS votes FROM (
    SELECT c.key AS contest, n.name AS candidate, b.ballots AS votes
    FROM archived_ballots b, jsonb_each(b.choices) AS c, jsonb_array_elements_text(nullif(c.value, 'null')) AS n(name)
    UNION ALL SELECT contest, candidate, votes FROM archived_rest_votes
  ) AS every GROUP BY contest, candidate HAVING sum(votes) > 0`;

async function expectSumsOf(scene: Scene): Promise<void> {
  const { counts } = (await newestReport(scene.log, scene.election.id, scene.election.contests.length))!;
  const [groups] = await database.query('SELECT sum(counted) AS counted FROM archived_groups');
  expect(groups).toEqual({ counted: counts.outcomes.counted });
  const found = await database.query<{ contest: string; candidate: string; votes: number }>(VOTES);
  const votesIn = new Map(found.map(({ contest, candidate, votes }) => [`${contest} ${candidate}`, votes]));
  for (const [at, { id, candidates }] of scene.election.contests.entries()) {
    const votes = candidates.map((candidate) => votesIn.get(`${id} ${candidate.id}`) ?? 0);
    expect(votes, id).toEqual(counts.contests[at]!.votes);
  }
}

function sumContract(): void {
  test('[P29] its groups are those of the closed report by place', async () => {
    const scene = await closedScene(640, usual, { k: 20 });
    await archived(scene);
    await expectSumsOf(scene);
    const groups = await database.query('SELECT value, counted FROM archived_groups ORDER BY value');
    expect(groups).toEqual(['n1', 'n2', 's1', 's2'].map((value) => ({ value, counted: 160 })));
  });

  test('[P29] places too small to be shown are merged as in the results', async () => {
    // 160 of each place, in their order; of the first only five vote.
    const choose: Choose = (voter) => (voter >= 5 && voter < 160 ? undefined : [['ann'], []]);
    const scene = await closedScene(640, choose, { k: 20 });
    await archived(scene);
    const merged = await database.query(`SELECT value, counted FROM archived_groups WHERE value LIKE '%+%'`);
    expect(merged).toHaveLength(1);
    expect(
      await database.query(`SELECT value, counted FROM turnout WHERE value LIKE '%+%' AND breakdown = 'place'`),
    ).toEqual(merged);
  });

  test('[P29] repeats, late ballots, malformed lines and what is excluded are not in it', async () => {
    const scene = kept(await votedScene(400, () => [['ann'], ['oak']]));
    const serials = issuedSerials(scene);
    for (const serial of serials.slice(0, 50)) {
      await append(scene, serial, [lineOf(scene, serial, [['bob'], ['elm']]), 'not a ballot']);
    }
    await exclude(scene, serials.slice(0, 5));
    await closeAndReport(scene);
    for (const serial of serials.slice(0, 30)) await append(scene, serial, [lineOf(scene, serial, [['cy'], ['ash']])]);
    await scene.report();
    expect(await archived(scene, { by: '*' })).toMatchObject({ counted: 395, whole: 395 });
    const choices = { mayor: ['ann'], parks: ['oak'] };
    expect(await wholeBallots()).toEqual([{ value: '*', choices, ballots: 395 }]);
  });

  test('[P29] an election in which nobody voted has an empty archive', async () => {
    const scene = await closedScene(5, () => undefined);
    expect(await archived(scene)).toMatchObject({ groups: 1, counted: 0, whole: 0, rows: 0 });
  });
}

function writingContract(): void {
  test('[P30] written again it is the same; by another breakdown it takes the place of the first', async () => {
    const scene = await closedScene(500, usual);
    await archived(scene);
    const once = await tables();
    await archived(scene);
    expect(await tables()).toEqual(once);
    expect(await archived(scene, { by: 'cohort' })).toMatchObject({ breakdown: 'cohort', groups: 4 });
    expect((await wholeBallots()).filter(({ value }) => !value.includes('|'))).toEqual([]);
  });

  test('[P30] wherever it dies, what was there before stays', async () => {
    const scene = await closedScene(300, usual);
    await archived(scene, { by: 'cohort' });
    const before = await tables();
    let deaths = 0;
    for (let survived = false; !survived; deaths++) {
      survived = await archived(scene, {}, dyingAt(database, deaths)).then(
        () => true,
        () => false,
      );
      const after = await tables();
      // The last death is right after the commit.
      const isWritten = JSON.stringify(after['archives']).includes('"place"');
      if (!isWritten) expect(after).toEqual(before);
    }
    expect(deaths).toBeGreaterThanOrEqual(8);
    expect((await tables())['archives']).toMatchObject([{ breakdown: 'place' }]);
  });

  test('[P30] Ctrl-C leaves what was there before', async () => {
    const scene = await closedScene(300, usual);
    await expect(archived(scene, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect((await tables())['archives']).toEqual([]);
  });

  test('[P30] an event that changes the count takes it away; a new report does not', async () => {
    const scene = await closedScene(300, usual);
    await archived(scene);
    await scene.report();
    await projectToEnd({ log: scene.log, database, electionId: 'small', logger });
    expect((await tables())['archives']).toHaveLength(1);
    await exclude(scene, [issuedSerials(scene)[0]!]);
    await projectToEnd({ log: scene.log, database, electionId: 'small', logger });
    expect((await tables())['archives']).toEqual([]);
    await scene.reader.catchUp();
    await scene.report();
    expect(await archived(scene)).toMatchObject({ counted: 299 });
  });

  test('[P31] with room for few ballots it reads the log more often, and writes the same', async () => {
    const parks = [['oak'], ['elm'], ['ash'], ['oak', 'elm'], []];
    const scene = await closedScene(1500, (voter) => [[NAMES[voter % 3]!], parks[voter % 5]!]);
    let readings = 0;
    const onProgress = (done: number): void => void (readings += done === 1 ? 1 : 0);
    await archived(scene, { onProgress });
    expect(readings).toBe(1);
    const inOne = await sortedTables();
    await archived(scene, { most: 9, onProgress });
    expect(readings).toBeGreaterThan(5);
    expect(await sortedTables()).toEqual(inOne);
    await expectPrivate(10);
  });
}

/** Several readings write in several parts. */
async function sortedTables(): Promise<Record<string, string[]>> {
  const found = Object.entries(await tables());
  return Object.fromEntries(found.map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]));
}
