import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dyingAt } from '../dying-database.ts';
import type { DatabaseUnderTest } from './database-contract.ts';
import { allRows, openScene, person, type Scene } from '../projection-scene.ts';
import { smallElection } from '../small-election.ts';
import { openElection } from '../../src/lifecycle/open.ts';
import { closeElection } from '../../src/lifecycle/close.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import type { Database } from '../../src/ports/database.ts';
import type { Logger } from '../../src/ports/effects.ts';
import type { Registration } from '../../src/topics/voters.ts';
import { archive } from '../../src/stages/4-publish/archive.ts';
import type { ProjectOptions } from '../../src/stages/4-publish/followers.ts';
import { project, projectToEnd } from '../../src/stages/4-publish/project.ts';

let database: Database;
let scene: Scene;
let said: [fields: object, message: string][] = [];
const warn: Logger['warn'] = (fields, message) => void said.push([fields, message]);
const logger: Logger = { info: () => {}, warn, error: () => {} };

/** What the projection promises on every database; each adapter registers it in a file of its own. */
export function projectionContract(name: string, create: () => Promise<DatabaseUnderTest>): void {
  describe(`projection: ${name}`, () => {
    let under: DatabaseUnderTest;

    beforeAll(async () => {
      under = await create();
      database = await under.open();
    });
    afterAll(async () => {
      await database.close();
      await under.drop();
    });
    beforeEach(async () => {
      said = [];
      scene = await openScene(smallElection());
    });
    afterEach(async () => {
      await scene.drop();
      await database.query('TRUNCATE elections, projections CASCADE');
    });

    describe('the election', electionContract);
    describe('voters', voterContract);
    describe('results', resultContract);
    describe('death and return', deathContract);
  });
}

function options(over: Partial<ProjectOptions> = {}): ProjectOptions {
  return { log: scene.log, database, electionId: scene.election.id, logger, ...over };
}

async function rows(table: string): Promise<object[]> {
  return (await allRows(database, scene.election.id))[table]!;
}

function electionContract(): void {
  test('[P20] contests, candidates, places and cohorts are those of the events, in their order', async () => {
    await scene.register(10);
    await projectToEnd(options());
    expect(await rows('elections')).toMatchObject([
      {
        id: 'small',
        title: 'A small election',
        state: 'open',
        results: 'all',
        eligible: 10,
        definition: scene.reader.life.hash,
      },
    ]);
    const contests = await database.query(`SELECT id, method, choose FROM contests ORDER BY ordinal`);
    expect(contests).toEqual([
      { id: 'mayor', method: 'plurality', choose: null },
      { id: 'parks', method: 'approval', choose: 2 },
    ]);
    const candidates = await database.query(`SELECT contest, id, name FROM candidates ORDER BY contest, ordinal`);
    expect(candidates).toHaveLength(6);
    expect(candidates[1]).toEqual({ contest: 'mayor', id: 'bob', name: 'BOB' });
    expect(await database.query(`SELECT id, parent, leaf FROM places ORDER BY ordinal`)).toEqual([
      { id: 'north', parent: null, leaf: false },
      { id: 'n1', parent: 'north', leaf: true },
      { id: 'n2', parent: 'north', leaf: true },
      { id: 'south', parent: null, leaf: false },
      { id: 's1', parent: 'south', leaf: true },
      { id: 's2', parent: 'south', leaf: true },
    ]);
    expect(await database.query(`SELECT id, attributes FROM cohorts ORDER BY ordinal LIMIT 2`)).toEqual([
      { id: '18-64|f', attributes: { age: '18-64', sex: 'f' } },
      { id: '18-64|m', attributes: { age: '18-64', sex: 'm' } },
    ]);
  });

  test('[P20] new texts and the close show', async () => {
    await projectToEnd(options());
    const [mayor, parks] = scene.election.contests;
    const [ann, ...others] = mayor!.candidates;
    const described = {
      ...ann!,
      name: 'Ann II',
      party: 'Greens',
      colour: '#00aa00',
      platform: ['more, parks', 'a "bus"'],
    };
    const election = { ...scene.election, contests: [{ ...mayor!, candidates: [described, ...others] }, parks!] };
    await defineElection(scene.log, election, scene.reader.life.partitions);
    await closeElection(scene.log, scene.reader);
    await projectToEnd(options());
    expect(await rows('elections')).toMatchObject([{ state: 'closed' }]);
    expect(await database.query(`SELECT name, party, colour, platform FROM candidates WHERE id = 'ann'`)).toEqual([
      { name: 'Ann II', party: 'Greens', colour: '#00aa00', platform: ['more, parks', 'a "bus"'] },
    ]);
  });

  test('[P20] a database of several elections keeps each to itself', async () => {
    const other = await openScene(smallElection({ id: 'other' }));
    await Promise.all([scene.register(5), other.register(7)]);
    await Promise.all([projectToEnd(options()), projectToEnd(options({ log: other.log, electionId: 'other' }))]);
    expect(await rows('voters')).toHaveLength(5);
    expect((await allRows(database, 'other'))['voters']).toHaveLength(7);
    await other.drop();
  });
}

function voterContract(): void {
  test('[P21] every registration is a row with its whole profile, and their number comes back', async () => {
    const registered = await scene.register(2500);
    expect(await projectToEnd(options())).toEqual({ registrations: 2500, refused: 0, reports: 0 });
    const found = await rows('voters');
    expect(found).toHaveLength(registered.length);
    expect(new Set(found.map((row) => JSON.stringify(asRegistration(row as Row))))).toEqual(
      new Set(registered.map((one) => JSON.stringify(one))),
    );
    expect(await projectToEnd(options())).toEqual({ registrations: 0, refused: 0, reports: 0 });
  });

  test('[P22] a registration that is in the log twice is one row', async () => {
    const registered = await scene.register(50);
    await scene.append(registered.slice(20));
    await scene.register(5);
    expect(await projectToEnd(options())).toEqual({ registrations: 55, refused: 0, reports: 0 });
    expect(await rows('voters')).toHaveLength(55);
    expect(said).toEqual([]);
  });

  test('[P22] a registration that SQL cannot hold is left out and named by its offset; the others are written', async () => {
    const fine = (index: number): Registration => person(index, scene.election);
    await scene.append([
      fine(0),
      { ...fine(1), dateOfBirth: '1999-02-30' },
      { ...fine(2), name: 'nul \0' },
      { ...fine(3), registrationNumber: fine(0).registrationNumber },
      { ...fine(4), place: 'nowhere' },
      fine(5),
    ]);
    expect(await projectToEnd(options())).toEqual({ registrations: 2, refused: 4, reports: 0 });
    expect(said.map(([fields]) => fields)).toEqual([
      { offset: 1, state: '22008' },
      { offset: 2, state: '22021' },
      { offset: 3, state: '23505' },
      { offset: 4, state: '23503' },
    ]);
    expect(JSON.stringify(said)).not.toMatch(/Zoë|R-|nul/);
  });
}

function resultContract(): void {
  test('[P23] the newest report is in the tables, as it may be shown', async () => {
    await scene.register(400);
    await scene.vote(100);
    await scene.report();
    await scene.vote(150);
    const report = await scene.report();
    expect(await projectToEnd(options())).toMatchObject({ reports: 1 });
    for (const contest of report.counts.contests) {
      expect(await votesBy(contest.id, '*')).toEqual({ '*': contest.votes });
      const places = contest.breakdowns.find(({ key }) => key === 'place')!.rows;
      expect(await votesBy(contest.id, 'place')).toMatchObject(
        Object.fromEntries(places.map(({ value, votes }) => [value, votes])),
      );
    }
    expect(await database.query(`SELECT counted, eligible FROM turnout WHERE value = '*'`)).toEqual([
      { counted: 250, eligible: 400 },
    ]);
    expect(await rows('reports')).toMatchObject([
      { ...report.counts.outcomes, lines: 250, hash: report.hash, position: report.position },
    ]);
  });

  test('[P23] a report after the other takes its place', async () => {
    await scene.register(400);
    for (const ballots of [50, 0, 200]) {
      await scene.vote(ballots);
      const report = await scene.report();
      await projectToEnd(options());
      const [mayor] = report.counts.contests;
      expect(await votesBy('mayor', '*')).toEqual({ '*': mayor!.votes });
    }
  });

  test('[P24] no group of fewer than k ballots has a row of its own', async () => {
    await projectOther(smallElection({ k: 20 }), async (other) => {
      await other.register(160);
      await other.vote(70);
      await other.report();
    });
    const small = `SELECT * FROM contest_counts WHERE breakdown <> '*' AND valid + blank + rejected < 20`;
    expect(await database.query(small)).toEqual([]);
    expect(await database.query(`SELECT DISTINCT hash FROM reports`)).toEqual([{ hash: null }]);
    const [{ merged }] = (await database.query<{ merged: number }>(
      `SELECT count(*) AS merged FROM turnout WHERE value LIKE '% + %' OR counted IS NULL`,
    )) as [{ merged: number }];
    expect(merged).toBeGreaterThan(0);
  });

  test('[P24] hidden results stay hidden here until the count is complete', async () => {
    const hidden = await projectOther(smallElection({ results: 'hidden' }), async (other) => {
      await other.register(40);
      await other.vote(40);
      await other.report();
    });
    expect(hidden['results']).toEqual([]);
    expect(hidden['contest_counts']).toEqual([]);
    expect(hidden['turnout']).toMatchObject([{ breakdown: '*', counted: 40 }]);
    const closed = await projectOther(smallElection({ results: 'hidden' }), async (other) => {
      await other.register(40);
      await other.vote(40);
      await closeElection(other.log, other.reader);
      await other.report();
    });
    expect(closed['results']!.length).toBeGreaterThan(6);
  });

  test('[P25] the questions in docs/database.md have answers', async () => {
    await scene.register(200);
    await scene.vote(150);
    await closeElection(scene.log, scene.reader);
    const report = await scene.report();
    await projectToEnd(options());
    await archive({ log: scene.log, reader: scene.reader, report, by: '*', database: async () => database });
    const text = await readFile(join(import.meta.dirname, '../../docs/database.md'), 'utf8');
    const questions = [...text.matchAll(/```sql\n(.*?);\n```/gs)].map((match) => match[1]!);
    expect(questions.length).toBeGreaterThan(4);
    for (const question of questions) {
      const answers = await database.query<{ reported?: number; archived?: number }>(question);
      expect(answers.length, question).toBeGreaterThan(0);
      for (const { reported, archived } of answers) expect(archived, question).toBe(reported);
    }
  });
}

function deathContract(): void {
  test('[X20] wherever a projection dies, its position fits its rows, and the next one ends with the same rows', async () => {
    const plain = smallElection({ id: 'plain', breakdowns: [['place']], cohorts: [] });
    const { log, ...other } = await openScene({ ...plain, contests: plain.contests.slice(1) });
    await other.register(60);
    await other.vote(30);
    await other.report();
    await projectToEnd(options({ log, electionId: 'plain' }));
    const expected = await allRows(database, 'plain');
    let deaths = 0;
    for (let survived = false; !survived; deaths++) {
      for (const table of ['voters', 'projections', 'elections']) await database.query(`DELETE FROM ${table}`);
      const mortal = dyingAt(database, deaths);
      survived = await projectToEnd({ log, database: mortal, electionId: 'plain', logger }).then(
        () => true,
        () => false,
      );
      expect(await database.query(ROWS_AND_POSITION)).toEqual([expect.toSatisfy(isOneOrNone)]);
      await projectToEnd(options({ log, electionId: 'plain' }));
      expect(await allRows(database, 'plain')).toEqual(expected);
    }
    expect(deaths).toBeGreaterThan(20);
    await other.drop();
  });

  test('[X21] a database of another log is emptied and rebuilt, and it is said', async () => {
    await scene.register(30);
    await scene.vote(20);
    await scene.report();
    await projectToEnd(options());
    const other = await openScene(scene.election);
    await other.register(12);
    expect(await projectToEnd(options({ log: other.log }))).toEqual({ registrations: 12, refused: 0, reports: 0 });
    expect(said).toEqual([[{ election: 'small', topic: 'events' }, expect.stringContaining('emptied and rebuilt')]]);
    expect(await rows('voters')).toHaveLength(12);
    expect(await rows('results')).toEqual([]);
    await other.drop();
  });

  test('[X21] a position past the end of the log means another log; other elections stay', async () => {
    const other = await openScene(smallElection({ id: 'other' }));
    await other.register(7);
    await projectToEnd(options({ log: other.log, electionId: 'other' }));
    await scene.register(30);
    await projectToEnd(options());
    await database.query(`UPDATE projections SET position = 31 WHERE topic = 'voters' AND election = 'small'`);
    expect(await projectToEnd(options())).toMatchObject({ registrations: 30 });
    expect(said).toHaveLength(1);
    expect((await allRows(database, 'other'))['voters']).toHaveLength(7);
    await other.drop();
  });

  test('[X22] two projections at once write every row once', async () => {
    await scene.register(3000);
    await scene.vote(20);
    await scene.report();
    const both = await Promise.all([projectToEnd(options()), projectToEnd(options())]);
    expect(both[0].registrations + both[1].registrations).toBe(3000);
    expect(both[0].reports + both[1].reports).toBe(1);
    expect(await rows('voters')).toHaveLength(3000);
  });

  test('[P26] it follows the log until the signal, and then ends', async () => {
    const ending = new AbortController();
    const following = project(options(), ending.signal);
    for (const people of [10, 20]) {
      await scene.register(people);
      await expect.poll(async () => (await rows('voters')).length).toBe(people === 10 ? 10 : 30);
    }
    await openElection(scene.log, scene.reader);
    ending.abort();
    await following;
    await scene.register(5);
    expect(await rows('voters')).toHaveLength(30);
  });
}

async function votesBy(contest: string, breakdown: string): Promise<Record<string, number[]>> {
  const found = await database.query<{ value: string; votes: number[] }>(
    `SELECT r.value, array_agg(r.votes ORDER BY c.ordinal) AS votes
     FROM results r JOIN candidates c ON (c.election, c.contest, c.id) = (r.election, r.contest, r.candidate)
     WHERE r.contest = $1 AND r.breakdown = $2 GROUP BY r.value`,
    [contest, breakdown],
  );
  return Object.fromEntries(found.map(({ value, votes }) => [value, votes]));
}

/** Projects another log with the same election id: what the database has of the first is gone with it. */
async function projectOther(
  election: Parameters<typeof openScene>[0],
  happens: (other: Scene) => Promise<void>,
): Promise<Record<string, object[]>> {
  const other = await openScene(election);
  await happens(other);
  await projectToEnd(options({ log: other.log }));
  await other.drop();
  return allRows(database, election.id);
}

const ROWS_AND_POSITION = `SELECT (SELECT count(*) FROM voters) AS rows,
  coalesce((SELECT position FROM projections WHERE topic = 'voters'), 0) AS position`;

function isOneOrNone({ rows, position }: { rows: number; position: number }): boolean {
  return rows === position && (rows === 0 || rows === 60);
}

type Row = Record<string, string | number | null>;

/** A row of `voters` back to what was registered. */
function asRegistration(row: Row): Registration {
  const whole = {
    source: row['source'],
    index: row['source_index'],
    place: row['place'],
    cohort: row['cohort'],
    registrationNumber: row['registration_number'],
    name: row['name'],
    dateOfBirth: row['date_of_birth'],
    gender: row['gender'],
    nationality: row['nationality'],
    address: row['city'] === null ? null : addressOf(row),
    email: row['email'],
    phone: row['phone'],
    mobile: row['mobile'],
    picture: row['picture'],
    registeredAge: row['registered_age'],
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null)) as unknown as Registration;
}

function addressOf(row: Row): object {
  return {
    street: row['street'],
    city: row['city'],
    state: row['state'],
    country: row['country'],
    postcode: row['postcode'],
  };
}
