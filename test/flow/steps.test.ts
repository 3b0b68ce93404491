import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallElection } from '../small-election.ts';
import { expectFailure, jsonOf, livetally, scratch, writeElection, type Ended } from './livetally.ts';

/** The flow one command at a time, as the README shows it. Each figure is said by several commands. */
const PEOPLE = 3000;
const { path, remove } = scratch();

interface Registered {
  readonly added: number;
  readonly onRoll: number;
  readonly inDatabase: number;
}
interface Cast {
  readonly ballots: number;
  readonly repeats: number;
  readonly malformed: number;
}
interface Contest {
  readonly id: string;
  readonly valid: number;
  readonly blank: number;
  readonly rejected: number;
  readonly votes: Readonly<Record<string, number>>;
}
interface Results {
  readonly eligible: number;
  readonly lines: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly position: string;
  readonly hash: string;
  readonly contests: readonly Contest[];
}
interface Examined {
  readonly good: boolean;
  readonly findings: readonly { readonly what: string; readonly says: string }[];
}
type Table = readonly (readonly (string | number)[])[];

let init: { file: string };
let registered: Registered;
let cast: Cast;
let results: Results;

beforeAll(async () => {
  init = await jsonOf('init', path('mine'));
  const election = writeElection(path('election.yaml'), smallElection());
  registered = await jsonOf('register', '--data', path('data'), '--election', election, '--count', String(PEOPLE));
  cast = await jsonOf('vote', '--data', path('data'));
  results = await jsonOf('tally', '--data', path('data'));
});

afterAll(remove);

it('[C6] init writes an election file that the other commands take', async () => {
  expect(existsSync(init.file)).toBe(true);
  const args = ['--data', path('mine-data'), '--election', init.file, '--count', '20', '--no-database'];
  const { onRoll } = await jsonOf<Registered>('register', ...args);
  expect(onRoll).toBe(20);
});

it('[C6] everyone registered is on the roll and in the database', () => {
  expect(registered).toMatchObject({ added: PEOPLE, onRoll: PEOPLE, inDatabase: PEOPLE });
});

it('[C6] the tally counts what was cast and refuses what had to be refused', () => {
  expect(results.eligible).toBe(PEOPLE);
  expect(results.outcomes).toEqual({
    counted: cast.ballots,
    repeat: cast.repeats,
    invalid: cast.malformed,
    late: 0,
    excluded: 0,
  });
  expect(results.lines).toBe(cast.ballots + cast.repeats + cast.malformed);
  for (const { valid, blank, rejected } of results.contests) expect(valid + blank + rejected).toBe(cast.ballots);
});

it('[C6] the recount comes to the hash of the tally', async () => {
  expect(await jsonOf('recount', '--data', path('data'))).toEqual({
    equal: true,
    position: results.position,
    recount: results.hash,
    tally: results.hash,
    published: results.hash,
  });
});

it('[C6] export gives the totals that the tally printed, and the turnout', async () => {
  const table = await jsonOf<Table>('export', '--data', path('data'));
  const totals = table
    .filter(([, breakdown]) => breakdown === '*')
    .map(([contest, , , id, , votes]) => [contest, id, votes]);
  expect(totals).toEqual(results.contests.flatMap(({ id, votes }) => Object.entries(votes).map((of) => [id, ...of])));

  const file = path('turnout.csv');
  const written = await jsonOf('export', '--data', path('data'), '--what', 'turnout', '--out', file);
  expect(written).toMatchObject({ file, position: results.position });
  // With --json the file is JSON too.
  expect((JSON.parse(readFileSync(file, 'utf8')) as Table)[1]).toEqual(['*', '*', PEOPLE, cast.ballots]);
});

it('[C6] the CSV on standard output is the table', async () => {
  const { code, out } = await livetally(['export', '--data', path('data'), '--what', 'turnout']);
  expect(code).toBe(0);
  expect(out.split('\n').slice(0, 2)).toEqual(['breakdown,value,eligible,counted', `*,*,${PEOPLE},${cast.ballots}`]);
});

it('[C6] status and doctor say the same figures', async () => {
  expect(await jsonOf('status', '--data', path('data'))).toMatchObject({
    running: null,
    election: 'small',
    state: 'open',
    registered: PEOPLE,
    records: { voters: PEOPLE },
    published: { lines: results.lines, counted: cast.ballots, position: results.position },
  });

  const { good, findings } = await jsonOf<Examined>('doctor', '--data', path('data'), '--port', '0');
  expect(good).toBe(true);
  const says = Object.fromEntries(findings.map((finding) => [finding.what, finding.says]));
  expect(says['election']).toContain('3,000 on the roll');
  expect(says['results']).toContain(results.hash.slice(0, 12));
  expect(says['database']).toBe('3,000 of 3,000 registered are in it');
});

it('[C6] each step once more finds nothing new', async () => {
  expect(await jsonOf('register', '--data', path('data'), '--count', String(PEOPLE))).toMatchObject({
    added: 0,
    onRoll: PEOPLE,
    inDatabase: PEOPLE,
  });
  expect(await jsonOf('vote', '--data', path('data'))).toMatchObject({ ballots: 0, repeats: 0, malformed: 0 });
  expect(await jsonOf('tally', '--data', path('data'))).toMatchObject({ hash: results.hash });
});

it('[C13] the same seed casts the same ballots in another data folder', async () => {
  const data = path('other');
  const args = ['--data', data, '--election', path('election.yaml'), '--count', String(PEOPLE), '--no-database'];
  await jsonOf('register', ...args);
  expect(await jsonOf('vote', '--data', data)).toMatchObject({ ...cast });
  expect(await jsonOf<Results>('tally', '--data', data)).toMatchObject({ hash: results.hash });
});

it('[C13] another seed casts others', async () => {
  const data = path('another');
  const seeded = ['--data', data, '--seed', 'another'];
  await jsonOf('register', ...seeded, '--election', path('election.yaml'), '--count', String(PEOPLE), '--no-database');
  await jsonOf('vote', ...seeded);
  expect((await jsonOf<Results>('tally', '--data', data)).hash).not.toBe(results.hash);
});

it('[C20] results that the election hides are not printed before it is closed', async () => {
  const data = path('hidden');
  const election = writeElection(path('hidden.yaml'), smallElection({ id: 'secret', results: 'hidden' }));
  await jsonOf('register', '--data', data, '--election', election, '--count', '50', '--no-database');
  await jsonOf('vote', '--data', data);
  const said: Ended = await livetally(['tally', '--data', data]);
  expect(said.out).toContain('hidden until the election is closed');
  expect(said.out).not.toContain('ANN');
  expect(await jsonOf('tally', '--data', data)).toMatchObject({ shows: 'hidden', contests: [] });
});

it('[C26] close wants to be meant; then nothing more counts, the count is complete, and the ballots can be archived', async () => {
  const data = path('hidden');
  const unmeant = await livetally(['close', '--data', data]);
  expectFailure(unmeant, { exitCode: 2, code: 'LT_USAGE', says: /cannot be undone/, next: /close --yes/ });
  const early = await livetally(['archive', '--data', data]);
  expect(early.code).not.toBe(0);

  const closed = await jsonOf<{ ballots: number[] }>('close', '--data', data, '--yes');
  expect(closed).toMatchObject({ election: 'secret', already: false });
  expect(await jsonOf('close', '--data', data)).toEqual({ ...closed, already: true });
  expect((await livetally(['vote', '--data', data])).out).toContain('the election is closed');
  const { contests, outcomes } = await jsonOf<Results>('tally', '--data', data);
  expect(contests.map(({ id }) => id)).toEqual(['mayor', 'parks']);
  expect(await jsonOf('archive', '--data', data, '--by', '*')).toMatchObject({ counted: outcomes['counted'] });
});
