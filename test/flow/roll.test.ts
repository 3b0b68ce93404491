import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallElection } from '../small-election.ts';
import { jsonOf, livetally, scratch, writeElection, type Ended } from './livetally.ts';

/** A roll with good rows and bad ones. Loaded = visible: on the roll, in the database, with a code. */
const { path, remove } = scratch();
const ROLL = path('roll.csv');
const CODES = path('codes.csv');
const REFUSED = path('refused.csv');
const ARGUMENTS = ['register', '--data', path('data'), '--election', path('election.yaml'), '--roll', ROLL];

let said: Ended;

beforeAll(async () => {
  writeElection(path('election.yaml'), smallElection());
  const rows = [
    'registration_number,name,place,cohort',
    'A-1,Ada Byron,n1,18-64|f',
    'A-2,"Bell, Alexander",n2,65+|m',
    'A-3,Cara Nowhere,atlantis,65+|f',
    'A-1,Ada Again,n1,18-64|f',
    'A-4,Dora Long,s1,18-64|f,too much',
    'A-5,Emil Ende,s2,65+|m',
  ];
  writeFileSync(ROLL, `${rows.join('\n')}\n`);
  said = await livetally([...ARGUMENTS, '--refused', REFUSED, '--codes', CODES]);
});

afterAll(remove);

it('[C18] good rows are registered, and the summary says how many were refused, and why', () => {
  expect(said.code).toBe(0);
  expect(said.err).toContain('3 rows accepted, 3 refused (1 unknown-place, 1 duplicate, 1 missing-column; each is in');
  expect(said.out).toContain('3 people registered.\n3 on the roll, 3 in the database.');
});

it('[C18] every refused row is reported by its number', () => {
  const rows = readFileSync(REFUSED, 'utf8').trimEnd().split('\n').slice(1);
  expect(rows.map((row) => row.split(',')[0])).toEqual(['4', '5', '6']);
});

it('[C18] everyone registered has a code, in a file of its owner alone', () => {
  const rows = readFileSync(CODES, 'utf8').trimEnd().split('\n').slice(1);
  expect(new Set(rows.map((row) => row.split(',')[0]))).toEqual(new Set(['A-1', 'A-2', 'A-5']));
  expect(rows).toHaveLength(3);
  expect(statSync(CODES).mode & 0o077).toBe(0);
});

it('[C18] the same roll once more registers nobody', async () => {
  expect(await jsonOf(...ARGUMENTS, '--codes', CODES, '--no-database')).toMatchObject({
    added: 0,
    onRoll: 3,
    refused: 3,
  });
});

it('[C18] without --codes it says plainly that nobody gets a voting code', async () => {
  const args = ['register', '--data', path('no-codes'), '--election', path('election.yaml'), '--roll', ROLL];
  const { code, err } = await livetally([...args, '--no-database']);
  expect(code).toBe(0);
  expect(err).toContain('Nobody of this roll gets a voting code, as no --codes file is named');
});
