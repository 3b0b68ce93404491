import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import type { Election } from '../../election/election.ts';
import { createLifeReader, type LifeReader } from '../../lifecycle/life-reader.ts';
import type { Log } from '../../ports/log.ts';
import { encodeEvent } from '../../topics/events.ts';
import { decodeRegistration, type Registration } from '../../topics/voters.ts';
import { importRoll, type ImportedRoll } from './import-roll.ts';
import { register, type Registered } from './register.ts';

const election: Election = {
  id: 'demo',
  title: 'Demo',
  contests: [{ id: 'c', title: 'C', method: 'plurality', candidates: [{ id: 'a', name: 'A' }] }],
  places: [
    {
      id: 'land',
      name: 'Land',
      places: [
        { id: 'N', name: 'North' },
        { id: 'S', name: 'South' },
        { id: 'T1', name: 'Twin' },
        { id: 'T2', name: 'Twin' },
      ],
    },
  ],
  cohorts: [
    {
      id: 'age',
      name: 'Age',
      values: [
        { id: '18-24', name: '18 to 24', ages: [18, 24] },
        { id: '25+', name: '25 and over', ages: [25] },
      ],
    },
    {
      id: 'sex',
      name: 'Sex',
      values: [
        { id: 'f', name: 'Female' },
        { id: 'm', name: 'Male' },
        { id: 'x', name: 'Not stated' },
      ],
    },
  ],
  breakdowns: [['place'], ['cohort']],
  results: 'all',
  k: 0,
  simulation: { turnout: 1, repeats: 0, malformed: 0, lean: 0 },
};
const DAY = '2026-11-03';

let folder: string;
let log: Log;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-roll-'));
  log = await openLmdbLog(join(folder, 'log'));
  const names = ['events', 'voters'].map((topic) => `livetally.demo.${topic}`);
  await log.ensureTopics(names.map((name) => ({ name, partitions: 1, retention: 'forever' })));
  const defined = encodeEvent({ type: 'defined', election, hash: 'h', partitions: 4 });
  await log.append('livetally.demo.events', 0, [{ value: defined }]);
});
afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

const path = (): string => join(folder, 'roll.csv');
const refusedFile = (): string => join(folder, 'refused.csv');

async function reader(): Promise<LifeReader> {
  const made = createLifeReader(log, 'demo');
  await made.catchUp();
  return made;
}

async function take(text: string | Uint8Array, day: string | undefined = DAY): Promise<ImportedRoll> {
  await writeFile(path(), text);
  const { life } = await reader();
  return importRoll({ log, life, path: path(), electionDay: day, refusedFile: refusedFile() });
}

async function peopleOf({ source }: ImportedRoll): Promise<Registration[]> {
  const people: Registration[] = [];
  for await (const batch of source.batches(0, 2)) people.push(...batch);
  return people;
}

/** The report without its header: row and reason. */
async function refused(): Promise<string[]> {
  const lines = (await readFile(refusedFile(), 'utf8')).trimEnd().split('\n').slice(1);
  return lines.map((line) => line.replace(/^(\d+),.*,"([a-z-]+):.*$/, '$1 $2'));
}

async function registerAll({ source }: ImportedRoll, batchPeople = 3, on = log): Promise<Registered> {
  const options = { log: on, reader: createLifeReader(on, 'demo'), source, batchPeople };
  return register(options, new AbortController().signal);
}

async function voters(): Promise<Registration[]> {
  const [fetched] = await log.fetch('livetally.demo.voters', [0], { maxBytes: 1e9 });
  return fetched?.records.map(({ value }) => decodeRegistration(value)) ?? [];
}

const HEADER = 'registration_number,name,place,cohort\n';
const simple = (numbers: readonly string[]): string =>
  HEADER + numbers.map((number) => `${number},Ann,N,25+|f\n`).join('');

test('[R11] a roll gives the profile that its columns tell, and other columns are passed over', async () => {
  const roll = await take(
    'Registration-Number,Name,place,date of birth,sex,nationality,street,city,postcode,email,phone,mobile,shoe size\n' +
      'A/1,"Roe, Ann",N,2001-11-03,Female,US,"1 ""Old"" Road",Springfield,00123,a@example.org,1,2,39\n' +
      'A/2,Bob Öz,South,2001-11-04,M,,,,,,,,\n',
  );
  expect(roll).toMatchObject({ people: 2, refused: 0 });
  const [ann, bob] = await peopleOf(roll);
  expect(ann).toEqual({
    source: roll.source.id,
    index: 0,
    place: 'N',
    cohort: '25+|f',
    registrationNumber: 'A/1',
    name: 'Roe, Ann',
    dateOfBirth: '2001-11-03',
    gender: 'female',
    nationality: 'US',
    address: { street: '1 "Old" Road', city: 'Springfield', postcode: '00123' },
    email: 'a@example.org',
    phone: '1',
    mobile: '2',
    registeredAge: 25,
  });
  expect(bob).toMatchObject({
    index: 1,
    place: 'S',
    cohort: '18-24|m',
    gender: 'male',
    registeredAge: 24,
    name: 'Bob Öz',
  });
  expect(bob!.address).toBe(undefined);
});

test.each([
  ['commas', (text: string) => text],
  ['semicolons', (text: string) => text.replaceAll(',', ';')],
  ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
  ['a byte order mark', (text: string) => `\uFEFF${text}`],
  [
    'all of it, and no last line end',
    (text: string) => `\uFEFF${text.replaceAll(',', ';').replaceAll('\n', '\r\n').trimEnd()}`,
  ],
])('[R11] reads a file with %s', async (_, change) => {
  const roll = await take(change('registration_number,name,place,age,sex\n7,"A; B",N,18-24,f\n8,C,N,25 AND OVER,x\n'));
  expect((await peopleOf(roll)).map(({ name, cohort }) => `${name} ${cohort}`)).toEqual([change('A; B').replace('\uFEFF', '').trim() + ' 18-24|f', 'C 25+|x']); // prettier-ignore
});

const ROWS: readonly (readonly [row: string, why: string])[] = [
  ['1,Ann,N,,2001-01-01,,f', ''],
  ['2,Ann,N,25+|f,,,', ''],
  ['3,Ann,N,,,30,', ''], // a sex that is not stated
  ['4,Ann,N', 'missing-column'],
  ['5,Ann,N,25+|f,,,,surplus', 'missing-column'],
  [',Ann,N,25+|f,,,', 'missing-value'],
  ['7,,N,25+|f,,,', 'missing-value'],
  ['8,Ann, ,25+|f,,,', 'missing-value'],
  ['8,\u00a0,N,25+|f,,,', 'missing-value'],
  [`${'9'.repeat(65)},Ann,N,25+|f,,,`, 'too-long'],
  [`10,${'x'.repeat(301)},N,25+|f,,,`, 'too-long'],
  ['"11,12",Ann,N,25+|f,,,', 'bad-character'],
  ['=1+1,Ann,N,25+|f,,,', 'bad-character'],
  ['13,An\u0007n,N,25+|f,,,', 'bad-character'],
  ['14,Ann,West,25+|f,,,', 'unknown-place'],
  ['15,Ann,land,25+|f,,,', 'unknown-place'],
  ['16,Ann,Twin,25+|f,,,', 'unknown-place'],
  ['17,Ann,N,25+|q,,,', 'unknown-cohort'],
  ['18,Ann,N,25+,,,', 'unknown-cohort'],
  ['19,Ann,N,,,,f', 'unknown-cohort'], // an age that nothing tells
  ['20,Ann,N,,2001-01-01,,robot', 'unknown-cohort'],
  ['21,Ann,N,,2001-02-30,,f', 'bad-date'],
  ['22,Ann,N,,01.02.2001,,f', 'bad-date'],
  ['23,Ann,N,,2027-01-01,,f', 'bad-date'],
  ['24,Ann,N,,1850-01-01,,f', 'bad-date'],
  ['25,Ann,N,,,thirty,f', 'bad-date'],
  ['26,Ann,N,,2001-01-01,24,f', 'age-contradiction'],
  ['27,Ann,N,18-24|f,2001-01-01,,', 'age-contradiction'],
  ['28,Ann,N,18-24|f,,25,', 'age-contradiction'],
  ['29,Ann,N,,2008-11-04,,f', 'under-age'],
  ['30,Ann,N,,2008-11-03,,f', ''],
  ['1,Bob,S,25+|m,,,', 'duplicate'],
  ['14,Ann,N,25+|f,,,', ''], // only a refused row has had this number
];

test('[R11] each row is accepted, or refused with its own reason and the row that a spreadsheet shows', async () => {
  const header = 'registration_number,name,place,cohort,date_of_birth,registered_age,sex\n';
  const roll = await take(header + ROWS.map(([row]) => `${row}\n`).join(''));
  const expected = ROWS.flatMap(([, why], at) => (why === '' ? [] : [`${at + 2} ${why}`]));
  expect(await refused()).toEqual(expected);
  expect(roll).toMatchObject({ refused: expected.length, people: ROWS.length - expected.length });
  expect(Array.from(roll.reasons.values()).reduce((sum, rows) => sum + rows, 0)).toBe(expected.length);
  expect((await peopleOf(roll)).map(({ registrationNumber }) => registrationNumber)).toEqual([
    '1',
    '2',
    '3',
    '30',
    '14',
  ]);
});

test('[R11] empty lines count as rows but are nobody; a quoted field may hold line breaks', async () => {
  const roll = await take(`${HEADER}1,"Ann\nRoe",N,25+|f\n\n,,,\n2,Bob,N,nobody|f\n`);
  expect(await peopleOf(roll)).toMatchObject([{ name: 'Ann Roe' }]);
  expect(await refused()).toEqual(['5 unknown-cohort']);
});

test('[R11] the report is for its owner only, is CSV whatever the roll holds, and is no formula', async () => {
  await take(`${HEADER}"=cmd|""x""",Ann,N,25+|f\n`);
  const [, line] = (await readFile(refusedFile(), 'utf8')).split('\n');
  expect(line).toMatch(/^2,"'=cmd\|""x""","bad-character: /);
  expect((await stat(refusedFile())).mode & 0o777).toBe(0o600);
  await take(simple(['1']));
  expect(await readFile(refusedFile(), 'utf8')).toBe('row,registration_number,reason\n');
});

test.each([
  ['an empty file', '', 'is empty'],
  ['a workbook', 'PK\u0003\u0004...', 'workbook'],
  ['UTF-16', Buffer.from(`\uFEFF${HEADER}`, 'utf16le'), 'not UTF-8'],
  ['Latin-1', Buffer.from(`${HEADER}1,Jürgen,N,25+|f\n`, 'latin1'), 'not UTF-8'],
  ['a header without place', 'registration_number,name,cohort\n1,Ann,25+|f\n', 'lacks place'],
  ['a header without a cohort', 'registration_number,name,place,sex\n', 'date_of_birth'],
  ['no header', '1,Ann,N,25+|f\n', 'lacks registration_number'],
  ['a column twice', `${HEADER.trim()},name\n`, 'two columns name'],
  ['a quote never closed', `${HEADER}1,"Ann,N,25+|f\n2,Bob,N,25+|f\n`, 'not well-formed CSV'],
  ['text after a quote', `${HEADER}1,"An"n,N,25+|f\n`, 'line 2'],
  ['a row without end', `${HEADER}1,"${'x'.repeat(70_000)}"`, 'not well-formed CSV'],
] as const)('[R11] %s is refused whole, saying what to do', async (_, text, message) => {
  const error = await take(text).catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({
    code: 'LT_INPUT_FILE',
    message: expect.stringContaining(message),
    next: expect.stringMatching(/\S/),
  });
  expect(await voters()).toEqual([]);
});

test('[R11] a file that is not there is refused', async () => {
  const { life } = await reader();
  await expect(importRoll({ log, life, path: join(folder, 'none.csv') })).rejects.toMatchObject({
    code: 'LT_INPUT_FILE',
  });
});

test('[R12] as many are accepted as are in voters and as have serials', async () => {
  const roll = await take(simple(['1', '2', '3', '2', '4', '5', '6', '7']));
  expect(await registerAll(roll)).toEqual({ resumed: 0, added: 7, registered: 7 });
  expect((await voters()).map(({ registrationNumber }) => registrationNumber)).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ]);
  expect((await reader()).life.roll.total).toBe(7);
});

test('[R12] who is registered already is refused in another roll; the same roll again does nothing', async () => {
  await registerAll(await take(simple(['1', '2', '3'])));
  const same = await take(simple(['1', '2', '3']));
  expect(same).toMatchObject({ people: 3, refused: 0 });
  expect(await registerAll(same)).toMatchObject({ added: 0, registered: 3 });
  const next = await take(simple(['3', '4', '1']));
  expect(await refused()).toEqual(['2 duplicate', '4 duplicate']);
  expect(await registerAll(next)).toMatchObject({ added: 1, registered: 1 });
  expect((await voters()).map(({ registrationNumber }) => registrationNumber)).toEqual(['1', '2', '3', '4']);
});

test('[R9] a register of a roll that died goes on where it was, with the same file on another day', async () => {
  const text = simple(Array.from({ length: 20 }, (_, at) => (at % 5 === 3 ? 'twice' : `N${at}`)));
  const first = await take(text, '2026-11-03');
  let appends = 5;
  const dying: Log = {
    ...log,
    append: (topic, partition, records) =>
      appends-- > 0 ? log.append(topic, partition, records) : Promise.reject(new Error('killed')),
  };
  await expect(registerAll(first, 3, dying)).rejects.toThrow('killed');
  const again = await importRoll({ log, life: (await reader()).life, path: path() });
  expect(again.source.id).toBe(first.source.id);
  await registerAll(again);
  const found = await voters();
  expect(found.map(({ index }) => index)).toEqual(Array.from({ length: 17 }, (_, at) => at));
  expect(new Set(found.map(({ registrationNumber }) => registrationNumber)).size).toBe(17);
  expect((await reader()).life.roll.total).toBe(17);
});

test.each([2, 3, 10])(
  '[R11] a file that changes between the check and the register is refused, batches of %i',
  async (batchPeople) => {
    const roll = await take(simple(['1', '2', '3']));
    await appendFile(path(), '4,Ann,N,25+|f\n');
    await expect(registerAll(roll, batchPeople)).rejects.toMatchObject({
      code: 'LT_INPUT_FILE',
      message: expect.stringContaining('changed'),
    });
    expect(await voters()).toEqual([]);
  },
);

test('[R11] an election without attributes needs no cohort column', async () => {
  const { life } = await reader();
  await writeFile(path(), 'registration_number,name,place\n1,Ann,N\n');
  const plain = { ...life, election: { ...election, cohorts: [] } };
  expect(await peopleOf(await importRoll({ log, life: plain, path: path() }))).toMatchObject([
    { cohort: 'all', place: 'N' },
  ]);
});
