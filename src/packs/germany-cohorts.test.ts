import { expect, test } from 'vitest';
import { importPack } from './import-pack.ts';
import type { ImportOptions } from './importer.ts';
import type { Pack } from './pack.ts';

/** As the publisher writes it: a byte order mark, remarks padded with empty cells, CRLF, `dar.` columns. */
const FILE = `\uFEFF# (c) Die Bundeswahlleiterin, 2025;;;;
# Wahl zum 21. Deutschen Bundestag (23. Februar 2025);;;;
# ;;;;
Land;Erst-/Zweitstimme;Geschlecht;Geburtsjahresgruppe;Summe;Ungültig;SPD;CDU;CSU;Sonstige;dar. BSW
Bund;1;Summe;Summe;40;3;17;13;1;6;2
Bund;2;Summe;Summe;40;1;15;14;;10;4
HB;1;Summe;Summe;32;2;14;11;;5;2
HB;1;m|d|o;2001-2007;10;1;4;3;;2;1
HB;1;m|d|o;<=1955;7;0;3;3;;1;1
HB;1;w;2001-2007;9;0;5;2;;1;0
HB;1;w;<=1955;6;1;2;2;;1;0
HB;2;Summe;Summe;32;0;12;10;;10;4
HB;2;m|d|o;2001-2007;10;0;3;3;;4;2
HB;2;m|d|o;<=1955;7;0;3;3;;1;1
HB;2;w;2001-2007;9;0;4;2;;3;1
HB;2;w;<=1955;6;0;2;2;;1;0
HH;1;Summe;Summe;8;1;3;2;1;1;0
HH;1;m|d|o;2001-2007;3;0;1;1;1;0;0
HH;1;m|d|o;<=1955;2;0;1;1;;0;0
HH;1;w;2001-2007;2;1;1;0;;0;0
HH;1;w;<=1955;1;0;0;0;;1;0
HH;2;Summe;Summe;8;1;3;4;;0;0
HH;2;m|d|o;2001-2007;3;0;2;1;;0;0
HH;2;m|d|o;<=1955;2;0;0;2;;0;0
HH;2;w;2001-2007;2;0;1;1;;0;0
HH;2;w;<=1955;1;1;0;0;;0;0
`.replaceAll('\n', '\r\n');

function read(text: string, options: ImportOptions = {}): Pack {
  return importPack({ name: 'statistics.csv', bytes: new TextEncoder().encode(text) }, options);
}

/** Choice list → ballots, of one contest in one place and cohort; `absent` where the contest is not on the ballot. */
function margin(pack: Pack, place: string, cohort: string, contest: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const unit of pack.units) {
    if (unit.place !== place || unit.cohort !== cohort) continue;
    for (const { choices, count } of unit.ballots) {
      const list = choices[contest]?.join('+') ?? 'absent';
      counts[list] = (counts[list] ?? 0) + count;
    }
  }
  return counts;
}

test('[I4] every cell has exactly the choices of its row, with invalid votes as lists of two', () => {
  const pack = read(FILE);
  expect(margin(pack, 'DE-HB', 'mdo|2001-2007', 0)).toEqual({ 'spd+cdu': 1, spd: 4, cdu: 3, others: 2 });
  expect(margin(pack, 'DE-HB', 'mdo|2001-2007', 1)).toEqual({ spd: 3, cdu: 3, others: 4 });
  expect(margin(pack, 'DE-HH', 'mdo|2001-2007', 0)).toEqual({ spd: 1, cdu: 1, csu: 1 });
  expect(margin(pack, 'DE-HH', 'w|1955-or-earlier', 1)).toEqual({ 'spd+cdu': 1 });
});

test('[I3] columns that are parts of others are never counted', () => {
  const { candidates } = read(FILE).election.contests[1]!;
  expect(candidates.map(({ id }) => id)).toEqual(['spd', 'cdu', 'csu', 'others']);
});

test('[I5] where the votes of a cell differ by rounding, the smaller is absent from the rest', () => {
  const pack = read(FILE);
  expect(margin(pack, 'DE-HB', 'w|2001-2007', 0)).toEqual({ spd: 5, cdu: 2, others: 1, absent: 1 });
  expect(margin(pack, 'DE-HB', 'w|2001-2007', 1)).toEqual({ spd: 4, cdu: 2, others: 3 });
  expect(margin(pack, 'DE-HB', 'w|1955-or-earlier', 1)).toEqual({ spd: 2, cdu: 2, others: 1, absent: 1 });
  const row = pack.expected.find(({ contest, values }) => contest === 'first' && values[0] === 'DE-HB/w|2001-2007');
  expect(row).toMatchObject({ figures: { votes: [5, 2, 0, 1], rejected: 0, blank: 1 }, padding: 1, tolerance: 0 });
});

test('[I10] official sums are expected where a report has them, off by no more than rounding', () => {
  const pack = read(FILE);
  const land = pack.expected.find(
    ({ name, contest, figures }) => name === 'Bremen' && contest === 'second' && figures.votes,
  );
  expect(land).toMatchObject({
    breakdown: 'place',
    values: ['DE-HB'],
    figures: { votes: [12, 10, 0, 10] },
    tolerance: 2,
  });
  const whole = pack.expected.find(
    ({ breakdown, contest, figures }) => breakdown === '*' && contest === 'first' && figures.votes,
  );
  expect(whole).toMatchObject({ name: 'Deutschland', figures: { votes: [17, 13, 1, 6], rejected: 3 }, tolerance: 4 });
});

test('[I4] one Land alone is a whole of its own', () => {
  const pack = read(FILE, { land: 'hb' });
  expect(pack.election).toMatchObject({ id: 'statistics-hb', title: expect.stringContaining('Bremen') as string });
  expect(pack.election.places).toEqual([{ id: 'DE-HB', name: 'Bremen' }]);
  expect(pack.units.map(({ eligible }) => eligible)).toEqual([10, 7, 9, 6]);
  const whole = pack.expected.find(
    ({ breakdown, contest, figures }) => breakdown === '*' && contest === 'first' && figures.votes,
  );
  expect(whole).toMatchObject({ name: 'Bremen', figures: { votes: [14, 11, 0, 5] } });
});

test('[I10] every cell is in a breakdown, so that a report has it', () => {
  const { election } = read(FILE);
  expect(election.breakdowns).toEqual([['place'], ['cohort'], ['place', 'cohort']]);
  expect(election.cohorts.map(({ values }) => values.map(({ id }) => id))).toEqual([
    ['mdo', 'w'],
    ['2001-2007', '1955-or-earlier'],
  ]);
});

test.each([
  [
    'a sum that its cells do not add up to',
    FILE.replace('HB;1;Summe;Summe;32;2;14', 'HB;1;Summe;Summe;32;2;24'),
    /line 7 says 24 for Bremen, first, spd.*add up to 14/,
  ],
  ['a row twice', `${FILE}HH;2;w;<=1955;1;1;0;0;;0;0\r\n`, /line 27 says again what line 26 says/],
])('[I2] refuses %s', (_, text, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: 'LT_PACK_REFUSED', message: expect.stringMatching(message) as string }),
  );
});

test.each([
  [
    'a cell that is missing',
    FILE.replace('HH;2;w;<=1955;1;1;0;0;;0;0\r\n', ''),
    {},
    'LT_INPUT_FILE',
    /HH;2;w;<=1955 is missing/,
  ],
  [
    'a number that is none',
    FILE.replace('HH;1;w;2001-2007;2;1', 'HH;1;w;2001-2007;2;x'),
    {},
    'LT_INPUT_FILE',
    /statistics\.csv:20: 'x' in column 'Ungültig'/,
  ],
  ['no party', FILE.replace(';SPD;CDU;CSU;Sonstige', ';;;;'), {}, 'LT_INPUT_FILE', /no party has a column/],
  [
    'a party twice',
    FILE.replace(';CSU;', ';Übrige;'),
    {},
    'LT_INPUT_FILE',
    /contests\[0\]\.candidates.* is .*"others".*no other candidate/,
  ],
  ['a Land that the file does not have', FILE, { land: 'BY' }, 'LT_USAGE', /no Land 'BY'/],
])('[I1] says what is wrong with %s', (_, text, options, code, message) => {
  expect(() => read(text, options)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
  );
});
