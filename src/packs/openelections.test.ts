import { expect, test } from 'vitest';
import { importPack } from './import-pack.ts';
import type { Pack } from './pack.ts';

const HEADER = 'county,town,precinct,office,district,candidate,party,votes';

/** One precinct of one contest: votes for two candidates, then write-ins, spoiled, blanks, and the total they make. */
function rows(
  precinct: string,
  office: string,
  [first, second, writeIns, spoiled, blanks]: readonly number[],
): string[] {
  const total = first! + second! + writeIns! + spoiled! + blanks!;
  return [
    `${precinct},${office},Ann Lee,Democratic,${first}`,
    `${precinct},${office},"Roque ""Rocky"" De La Fuente, Jr.",Alliance,${second}`,
    `${precinct},${office},Write Ins,,${writeIns}`,
    `${precinct},${office},Spoiled,,${spoiled}`,
    `${precinct},${office},Blanks,,${blanks}`,
    `${precinct},${office},Total Votes Cast,,${total}`,
  ];
}

const LINES = [
  HEADER,
  ...rows('Orange,Turnbridge,WDR-ORA-1', 'President,', [5, 3, 1, 1, 2]),
  ...rows('Orange,Tunbridge,WDR-ORA-1', 'U.S. House,1', [4, 4, 1, 0, 3]),
  ...rows('Addison,Saint George,CHI-2', 'President,', [10, 0, 0, 0, 1]),
  ...rows('Addison,Saint George,CHI-2', 'U.S. House,1', [6, 2, 0, 0, 0]),
];

function read(lines: readonly string[], name = 'vt-2020.csv'): Pack {
  return importPack({ name, bytes: new TextEncoder().encode(lines.join('\n')) });
}

test('[I6] write-ins are a candidate; spoiled ballots are rejected, blanks blank, totals nothing', () => {
  const { election, units } = read(LINES);
  expect(election.contests.map(({ id, title }) => [id, title])).toEqual([
    ['president', 'President'],
    ['us-house-1', 'U.S. House 1'],
  ]);
  expect(election.contests[0]!.candidates).toEqual([
    { id: 'ann-lee', name: 'Ann Lee', party: 'Democratic' },
    { id: 'roque-rocky-de-la-fuente-jr', name: 'Roque "Rocky" De La Fuente, Jr.', party: 'Alliance' },
    { id: 'write-ins', name: 'Write Ins' },
  ]);
  expect(units[0]!.ballots).toEqual([
    { choices: [['ann-lee'], ['ann-lee']], count: 4 },
    { choices: [['ann-lee'], ['roque-rocky-de-la-fuente-jr']], count: 1 },
    { choices: [['roque-rocky-de-la-fuente-jr'], ['roque-rocky-de-la-fuente-jr']], count: 3 },
    { choices: [['write-ins'], ['write-ins']], count: 1 },
    { choices: [['ann-lee', 'roque-rocky-de-la-fuente-jr'], []], count: 1 },
    { choices: [[], []], count: 2 },
  ]);
});

test('[I5] a precinct has the ballots of its largest contest; the others are absent from the rest', () => {
  const pack = read(LINES);
  const unit = pack.units.find(({ place }) => place === 'Addison-Saint-George-CHI-2')!;
  expect(unit.eligible).toBe(11);
  expect(unit.ballots.filter(({ choices }) => choices[1] === undefined).map(({ count }) => count)).toEqual([2, 1]);
  const house = pack.expected.find(({ values, contest }) => values[0] === unit.place && contest === 'us-house-1')!;
  expect(house).toMatchObject({ figures: { votes: [6, 2, 0], rejected: 0, blank: 3 }, padding: 3 });
});

test('[I12] a precinct spelled otherwise in some contests is one precinct, and the pack says so', () => {
  const { election, origin } = read(LINES);
  expect(election.places[0]!.places).toEqual([{ id: 'Orange-Turnbridge-WDR-ORA-1', name: 'Turnbridge WDR-ORA-1' }]);
  expect(origin.notes[0]).toMatch(/Tunbridge \(Orange, WDR-ORA-1\) is taken for Turnbridge.*the same 12 ballots/);
});

test('[I12] three spellings of a precinct are one precinct, with the votes of each', () => {
  const third = rows('Orange,Tunbri,WDR-ORA-1', 'Senate,', [7, 4, 0, 0, 1]);
  const { units, expected } = read([...LINES, ...third]);
  expect(units).toHaveLength(2);
  expect(expected.find(({ breakdown, contest }) => breakdown === '*' && contest === 'senate')).toMatchObject({
    figures: { votes: [7, 4, 0] },
  });
});

test('[I12] precincts of like names with other ballots stay apart', () => {
  const lines = LINES.map((line) =>
    line.replace(/^(Orange,Tunbridge.*Ann Lee.*),4$/, '$1,5').replace(/^(Orange,Tunbridge.*Cast,),12$/, '$1,13'),
  );
  expect(read(lines).units).toHaveLength(3);
});

test('[I10] the whole is the sum of the precincts', () => {
  const { expected } = read(LINES);
  expect(
    expected.filter(({ breakdown }) => breakdown === '*').map(({ contest, figures }) => [contest, figures]),
  ).toEqual([
    [undefined, { ballots: 23 }],
    ['president', { votes: [15, 3, 1], rejected: 1, blank: 3 }],
    ['us-house-1', { votes: [10, 6, 1], rejected: 0, blank: 6 }],
  ]);
});

const DELAWARE = [
  'county,election_district,office,district,party,candidate,election_day,absentee,votes',
  'Kent,01-01,President,,DEM,Clinton H,600,43,643',
  'Kent,01-01,President,,REP,Trump D,300,1,301',
  'Sussex,40-02,President,,DEM,Clinton H,100,0,100',
  'Sussex,40-02,President,,REP,Trump D,150,0,150',
];
const TOTAL = ['Sussex,Total,President,,DEM,Clinton H,700,43,743', 'Sussex,Total,President,,REP,Trump D,450,1,451'];

test('[I6] other columns and names of columns are understood', () => {
  const { units, expected } = read(DELAWARE, 'de.csv');
  expect(units.map(({ place, eligible }) => [place, eligible])).toEqual([
    ['Kent-01-01', 944],
    ['Sussex-40-02', 250],
  ]);
  expect(
    expected.find(({ breakdown, contest }) => breakdown === '*' && contest === 'president')!.figures.votes,
  ).toEqual([743, 451]);
});

test('[I2] refuses totals filed among the precincts, naming the double count', () => {
  expect(() => read([...DELAWARE, ...TOTAL], 'de.csv')).toThrow(
    expect.objectContaining({
      code: 'LT_PACK_REFUSED',
      message: expect.stringMatching(
        /double count: in the contest President the rows of Sussex, precinct Total.*1,194 votes would be counted twice, as 2,388/,
      ) as string,
    }),
  );
});

test('[I2] refuses totals under any name, found by their figures', () => {
  const more = ['Kent,02-01,President,,DEM,Clinton H,7,0,7', 'Kent,02-01,President,,REP,Trump D,9,0,9'];
  const disguised = ['Sussex,99-99,President,,DEM,Clinton H,0,0,750', 'Sussex,99-99,President,,REP,Trump D,0,0,460'];
  expect(() => read([...DELAWARE, ...more, ...disguised], 'de.csv')).toThrow(/precinct 99-99.*counted twice/);
});

test('[I2] refuses totals that no longer match what they total', () => {
  expect(() => read([...DELAWARE, TOTAL[0]!.replace('743', '750'), TOTAL[1]!])).toThrow(
    /Sussex, precinct Total \(line 6\) is a total/,
  );
});

test.each([
  [
    'a total that the rest does not add up to',
    LINES.map((line) => line.replace('Spoiled,,1', 'Spoiled,,2')),
    'LT_PACK_REFUSED',
    /Total Votes Cast of Orange, Turnbridge, precinct WDR-ORA-1 in the contest President is 12, but the rest adds up to 13/,
  ],
  ['a row twice', [...LINES, LINES[1]!], 'LT_PACK_REFUSED', /line 26 says again what an earlier line says of Ann Lee/],
  [
    'votes that are no number',
    LINES.map((line) => line.replace('Alliance,3', 'Alliance,*')),
    'LT_INPUT_FILE',
    /vt-2020\.csv:3: '\*' in column 'votes'/,
  ],
  [
    'an empty candidate',
    LINES.map((line) => line.replace('Ann Lee,Democratic,5', ',Democratic,5')),
    'LT_INPUT_FILE',
    /vt-2020\.csv:2: the office or the candidate is empty/,
  ],
  [
    'more contests than an election can have',
    [LINES[0]!, ...Array.from({ length: 101 }, (_, at) => `Kent,Dover,1,Office ${at},,Ann Lee,,1`)],
    'LT_INPUT_FILE',
    /has 101 contests and 1 precincts; an election has at most 100 and 5000/,
  ],
  ['a Land of a country that has none', LINES, 'LT_USAGE', /is not a German file/],
])('[I1] says what is wrong with %s', (_, lines, code, message) => {
  const options = code === 'LT_USAGE' ? { land: 'HB' } : {};
  const source = { name: 'vt-2020.csv', bytes: new TextEncoder().encode(lines.join('\n')) };
  expect(() => importPack(source, options)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
  );
});
