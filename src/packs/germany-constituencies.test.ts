import { expect, test } from 'vitest';
import { importPack } from './import-pack.ts';
import type { ImportOptions } from './importer.ts';
import type { Pack } from './pack.ts';

const NAMES = [
  'Wahlberechtigte',
  'Wählende',
  'Ungültige Stimmen',
  'Gültige Stimmen',
  'Die Linke',
  'Volt Deutschland',
  'Neue Partei (NP)',
];
const COLUMNS = NAMES.flatMap((name) =>
  ['Erststimmen', 'Zweitstimmen'].flatMap((vote) => [`${name}_${vote}_Endgültig`, `${name}_${vote}_Vorperiode`]),
);

/** A line: each name's first and second votes; the last election's stand between them, as 7777, and must not count. */
function line(head: string, ...votes: readonly (readonly [number | '', number | ''])[]): string {
  return `${head};${votes.map(([first, second]) => `${first};7777;${second};7777`).join(';')}`;
}

const FILE = [
  `Nr;Gebiet;gehört_zu;Zeilentyp;Direktmandat_Gewinner;${COLUMNS.join(';')}`,
  line('018;Hamburg-Mitte;02;Wahlkreis;x', [20, 20], [9, 9], [1, 0], [8, 9], [5, 4], [3, 5], ['', '']),
  line('02;Hamburg;99;Bundesland;', [20, 20], [9, 9], [1, 0], [8, 9], [5, 4], [3, 5], ['', '']),
  line('054;Bremen I;04;Wahlkreis;x', [30, 30], [10, 10], [2, 1], [8, 9], [4, 4], [4, 3], ['', 2]),
  line('055;Bremen II – Bremerhaven;04;Wahlkreis;x', [11, 11], [5, 5], [0, 0], [5, 5], [0, 1], [5, 4], ['', 0]),
  line('04;Bremen;99;Bundesland;', [41, 41], [15, 15], [2, 1], [13, 14], [4, 5], [9, 7], ['', 2]),
  line('99;Bundesgebiet;;Bundesgebiet;', [61, 61], [24, 24], [3, 1], [21, 23], [9, 9], [12, 12], ['', 2]),
  '',
].join('\n');

function read(text: string, options: ImportOptions = {}): Pack {
  return importPack({ name: 'kerg.csv', bytes: new TextEncoder().encode(text) }, options);
}

test('[I4] constituencies are the places, under their Länder, with the eligible voters of the file', () => {
  const { election, units } = read(FILE);
  const laender = election.places[0]!.places!;
  expect(laender.map(({ id, places }) => [id, places!.map((place) => place.id)])).toEqual([
    ['DE-HH', ['DE-HH-018']],
    ['DE-HB', ['DE-HB-054', 'DE-HB-055']],
  ]);
  expect(units.map(({ place, cohort, eligible }) => [place, cohort, eligible])).toEqual([
    ['DE-HH-018', 'all', 20],
    ['DE-HB-054', 'all', 30],
    ['DE-HB-055', 'all', 11],
  ]);
});

test('[I4] only final columns are counted, and both votes lie on one ballot', () => {
  const { election, units } = read(FILE);
  expect(election.contests[0]!.candidates.map(({ id }) => id)).toEqual(['linke', 'volt', 'neue-partei-np']);
  expect(units[1]!.ballots).toEqual([
    { choices: [['linke'], ['linke']], count: 4 },
    { choices: [['volt'], ['volt']], count: 3 },
    { choices: [['volt'], ['neue-partei-np']], count: 1 },
    { choices: [['linke', 'volt'], ['neue-partei-np']], count: 1 },
    {
      choices: [
        ['linke', 'volt'],
        ['linke', 'volt'],
      ],
      count: 1,
    },
  ]);
});

test('[I10] expects every line of the file exactly', () => {
  const { expected } = read(FILE);
  expect(expected.every(({ tolerance }) => tolerance === 0)).toBe(true);
  const bremen = expected.filter(({ name }) => name === 'Bremen');
  expect(bremen.map(({ values, contest, figures }) => [values, contest, figures])).toEqual([
    [['DE-HB-054', 'DE-HB-055'], undefined, { eligible: 41, ballots: 15 }],
    [['DE-HB-054', 'DE-HB-055'], 'first', { votes: [4, 9, 0], rejected: 2, blank: 0, cast: 15 }],
    [['DE-HB-054', 'DE-HB-055'], 'second', { votes: [5, 7, 2], rejected: 1, blank: 0, cast: 15 }],
  ]);
  expect(expected.find(({ breakdown }) => breakdown === '*')).toMatchObject({
    name: 'Bundesgebiet',
    figures: { eligible: 61 },
  });
});

test('[I4] one Land alone', () => {
  const { election, units, expected } = read(FILE, { land: 'HB' });
  expect(election.places.map(({ id }) => id)).toEqual(['DE-HB']);
  expect(units).toHaveLength(2);
  expect(expected.find(({ breakdown }) => breakdown === '*')).toMatchObject({
    name: 'Bremen',
    figures: { ballots: 15 },
  });
});

test.each([
  [
    'a Land that its constituencies do not add up to',
    FILE.replace('04;Bremen;99;Bundesland;;41', '04;Bremen;99;Bundesland;;42').replace(';42;7777;41', ';42;7777;42'),
    /line 6 says 42 for Bremen, eligible.*add up to 41/,
  ],
  [
    'votes that have other voters',
    FILE.replace('Wahlkreis;x;30;7777;30', 'Wahlkreis;x;30;7777;31'),
    /line 4 has Wahlberechtigte 30 for the first vote and 31/,
  ],
])('[I2] refuses %s', (_, text, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: 'LT_PACK_REFUSED', message: expect.stringMatching(message) as string }),
  );
});

test.each([
  [
    'an unknown Zeilentyp',
    FILE.replace('54;Bremen I;04;Wahlkreis', '54;Bremen I;04;Gemeinde'),
    /kerg\.csv:4: the Zeilentyp 'Gemeinde' is unknown/,
  ],
  [
    'a Land without a constituency',
    FILE.replace('018;Hamburg-Mitte;02;', '018;Hamburg-Mitte;03;'),
    /Hamburg has no constituency/,
  ],
])('[I1] says what is wrong with %s', (_, text, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: 'LT_INPUT_FILE', message: expect.stringMatching(message) as string }),
  );
});
