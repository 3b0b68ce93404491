import type { Attribute, Contest, Election } from '../election/election.ts';
import type { ListCount } from '../election/methods/method.ts';
import { TOTAL } from '../election/tally.ts';
import { createIds } from './canonical-ids.ts';
import { chosenLaender, CONTESTS, LICENCE, partyCandidate, placeId, PUBLISHER, type Land } from './germany.ts';
import {
  checked,
  electionId,
  importedElection,
  originOf,
  overvote,
  type Importer,
  type ImportOptions,
} from './importer.ts';
import type { ExpectedRow, Pack, PackUnit } from './pack.ts';
import { marginSize, pairContests } from './pair-contests.ts';
import {
  columnAt,
  countAt,
  countOrNoneAt,
  inputError,
  refused,
  textAt,
  type SourceFile,
  type SourceTable,
} from './source-table.ts';

/**
 * The representative statistics of a German federal election: Land × vote × sex × years of birth × party.
 *
 *     Land;Erst-/Zweitstimme;Geschlecht;Geburtsjahresgruppe;Summe;Ungültig;SPD;…;Sonstige;dar. BSW
 *     HB  ;1                ;w         ;1991-2000          ;…
 *
 * A row with `Summe` for sex or years is a sum of others, and so is the Land `Bund`. Every number was rounded on its
 * own, so that sums are off by a few, and the two votes of a cell too: ballots are then as many as the larger has, and
 * on the rest the other vote is absent. The `dar.` columns are parts of `Sonstige` and never counted.
 */
export const germanyCohorts: Importer = {
  describes: 'German representative statistics (Land × vote × sex × years of birth × party, separated by ;)',
  recognises: (table) => KEYS.every((name) => table.header.includes(name)),
  convert,
};

const KEYS = ['Land', 'Erst-/Zweitstimme', 'Geschlecht', 'Geburtsjahresgruppe', 'Summe', 'Ungültig'];
const ALL = 'Summe';
const FEDERAL = 'Bund';
const PART_OF_OTHERS = /^dar\. /;
/** The sums of a Land are off by at most this much: said by the publisher as rounding, found in the file. */
const LAND_ROUNDING = 3;

const SEXES: Readonly<Record<string, { id: string; name: string }>> = {
  'm|d|o': { id: 'mdo', name: 'men, diverse and not stated' },
  w: { id: 'w', name: 'women' },
};

interface OfficialRow {
  readonly line: number;
  readonly land: string;
  /** 0: first vote, 1: second vote. */
  readonly contest: number;
  readonly sex: string;
  readonly born: string;
  readonly total: number;
  readonly invalid: number;
  readonly votes: readonly number[];
}

/** What the file holds of the chosen Länder, and what it is called in the election. */
interface Statistics {
  readonly file: string;
  readonly rows: ReadonlyMap<string, OfficialRow>;
  readonly laender: readonly Land[];
  readonly sexes: readonly string[];
  readonly borns: readonly string[];
  readonly election: Election;
}

function convert(source: SourceFile, table: SourceTable, options: ImportOptions): Pack {
  const statistics = readStatistics(source, table, options);
  const cells = cellsOf(statistics);
  return checked({
    origin: originOf(source, statistics.election.id, {
      source: PUBLISHER,
      licence: LICENCE,
      notes: [
        'Invalid votes, which the source counts blank or spoilt, are lists that name two parties: they are the rejected.',
        'Where the two votes of a cell differ by rounding, ballots are as many as the larger; blank counts what fills up the other.',
      ],
    }),
    election: statistics.election,
    units: cells.map(({ unit }) => unit),
    expected: [...cells.flatMap(({ expected }) => expected), ...sumsOf(statistics)],
  });
}

function readStatistics(source: SourceFile, table: SourceTable, options: ImportOptions): Statistics {
  const rows = readRows(table);
  const all = [...rows.values()];
  const present = all.map((row) => row.land).filter((land) => land !== FEDERAL);
  const laender = chosenLaender(table.file, new Set(present), options.land);
  const sexes = [...new Set(all.map((row) => row.sex))].filter((sex) => sex !== ALL);
  const borns = [...new Set(all.map((row) => row.born))].filter((born) => born !== ALL);
  const places = laender.map((land) => ({ id: placeId(land), name: land.name }));
  const election = importedElection({
    id: electionId(source, options),
    title: titleOf(table, laender),
    contests: contestsOf(table),
    places: options.land === undefined ? [{ id: 'DE', name: 'Deutschland', places }] : places,
    cohorts: [sexAttribute(sexes), bornAttribute(borns)],
    breakdowns: [['place'], ['cohort'], ['place', 'cohort']],
  });
  return { file: table.file, rows, laender, sexes, borns, election };
}

function readRows(table: SourceTable): Map<string, OfficialRow> {
  const [land, vote, sex, born, total, invalid] = KEYS.map((name) => columnAt(table, name)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const parties = partyColumns(table);
  const rows = new Map<string, OfficialRow>();
  for (const row of table.rows) {
    const official: OfficialRow = {
      line: row.line,
      land: textAt(row, land),
      contest: ['1', '2'].indexOf(textAt(row, vote)),
      sex: textAt(row, sex),
      born: textAt(row, born),
      total: countAt(table, row, total),
      invalid: countAt(table, row, invalid),
      votes: parties.map((column) => countOrNoneAt(table, row, column)),
    };
    if (official.contest < 0)
      throw inputError(table.file, `the vote '${textAt(row, vote)}' is neither 1 nor 2.`, row.line);
    const key = rowKey(official.land, official.contest, official.sex, official.born);
    const before = rows.get(key);
    if (before !== undefined)
      throw refused(table.file, `line ${row.line} says again what line ${before.line} says (${key}).`);
    rows.set(key, official);
  }
  return rows;
}

function rowKey(land: string, contest: number, sex: string, born: string): string {
  return [land, contest + 1, sex, born].join(';');
}

function partyColumns(table: SourceTable): number[] {
  const after = columnAt(table, 'Ungültig');
  return table.header.flatMap((name, at) => (at > after && name !== '' && !PART_OF_OTHERS.test(name) ? [at] : []));
}

function titleOf(table: SourceTable, laender: readonly Land[]): string {
  const said = table.remarks.find((remark) => remark.startsWith('Wahl zum')) ?? 'Bundestagswahl';
  return laender.length === 1 ? `${said}: ${laender[0]!.name}` : said;
}

function contestsOf(table: SourceTable): Contest[] {
  const ids = createIds();
  const candidates = partyColumns(table).map((column) => {
    const name = table.header[column]!;
    return partyCandidate(name, () => ids(name, name.toLowerCase()));
  });
  return CONTESTS.map((contest) => ({ ...contest, method: 'plurality', candidates }));
}

function sexAttribute(sexes: readonly string[]): Attribute {
  const values = sexes.map((sex) => ({ id: sexId(sex), name: sexName(sex) }));
  return { id: 'sex', name: 'Sex', values };
}

function bornAttribute(borns: readonly string[]): Attribute {
  const values = borns.map((born) => ({ id: bornId(born), name: bornName(born) }));
  return { id: 'born', name: 'Year of birth', values };
}

function sexId(sex: string): string {
  return SEXES[sex]?.id ?? createIds()(sex, sex);
}

function sexName(sex: string): string {
  return SEXES[sex]?.name ?? sex;
}

/** `<=1955` cannot stand in an id. */
function bornId(born: string): string {
  return born.startsWith('<=') ? `${born.slice(2)}-or-earlier` : createIds()(born, born);
}

function bornName(born: string): string {
  return born.startsWith('<=') ? `born ${born.slice(2)} or earlier` : `born ${born}`;
}

function cohortId(sex: string, born: string): string {
  return `${sexId(sex)}|${bornId(born)}`;
}

function official(statistics: Statistics, land: string, contest: number, sex: string, born: string): OfficialRow {
  const row = statistics.rows.get(rowKey(land, contest, sex, born));
  if (row !== undefined) return row;
  throw inputError(statistics.file, `the row ${rowKey(land, contest, sex, born)} is missing.`);
}

interface Cell {
  readonly unit: PackUnit;
  readonly expected: readonly ExpectedRow[];
}

/** One Land, sex and group of years: what the ballots are made of. */
function cellsOf(statistics: Statistics): Cell[] {
  const { laender, sexes, borns } = statistics;
  return laender.flatMap((land) => sexes.flatMap((sex) => borns.map((born) => cellOf(statistics, land, sex, born))));
}

function cellOf(statistics: Statistics, land: Land, sex: string, born: string): Cell {
  const { contests } = statistics.election;
  const rows = contests.map((_, contest) => official(statistics, land.letters, contest, sex, born));
  const margins = contests.map((contest, at) => marginOf(contest, rows[at]!));
  const eligible = Math.max(...margins.map(marginSize));
  const [place, cohort] = [placeId(land), cohortId(sex, born)];
  const where = {
    name: nameOf(land.name, sex, born),
    breakdown: 'place/cohort',
    values: [`${place}/${cohort}`],
    tolerance: 0,
  };
  const expected = rows.map((row, at): ExpectedRow => {
    const padding = eligible - marginSize(margins[at]!);
    const figures = { rejected: row.invalid, votes: row.votes, blank: padding };
    return { ...where, contest: contests[at]!.id, figures, padding, source: `line ${row.line}` };
  });
  const larger = `the larger of lines ${rows.map((row) => row.line).join(' and ')}`;
  return {
    unit: { place, cohort, eligible, ballots: pairContests(margins) },
    expected: [{ ...where, figures: { eligible, ballots: eligible }, source: larger }, ...expected],
  };
}

function marginOf(contest: Contest, row: OfficialRow): ListCount[] {
  const valid = contest.candidates.map(({ id }, at): ListCount => [[id], row.votes[at]!]);
  return [...valid, [overvote(contest), row.invalid]];
}

function nameOf(land: string, sex: string, born: string): string {
  return [land, ...(sex === ALL ? [] : [sexName(sex)]), ...(born === ALL ? [] : [bornName(born)])].join(', ');
}

/** Where a report has the figures of a row of the file, and how many cells they are the sum of. */
interface Address {
  readonly breakdown: string;
  readonly values: readonly string[];
  readonly cells: number;
}

/** The official sums: of the Länder, and of the whole, which is Germany or the one Land that was chosen. */
function sumsOf(statistics: Statistics): ExpectedRow[] {
  const { laender, rows } = statistics;
  const single = laender.length === 1;
  const whole = single ? laender[0]!.letters : FEDERAL;
  const wholeName = single ? laender[0]!.name : 'Deutschland';
  return [...rows.values()].flatMap((row) => {
    const land = laender.find(({ letters }) => letters === row.land);
    const ofLand =
      land === undefined || !isSum(row)
        ? []
        : rowsFor(statistics, row, land.name, landAddress(statistics, land, row), 1);
    const address = wholeAddress(statistics, row);
    const ofWhole = row.land === whole ? rowsFor(statistics, row, wholeName, address, laender.length) : [];
    return [...ofLand, ...ofWhole];
  });
}

function isSum(row: OfficialRow): boolean {
  return row.sex === ALL || row.born === ALL;
}

function cohortsOf(statistics: Statistics, row: OfficialRow): string[] {
  const sexes = row.sex === ALL ? statistics.sexes : [row.sex];
  const borns = row.born === ALL ? statistics.borns : [row.born];
  return sexes.flatMap((sex) => borns.map((born) => cohortId(sex, born)));
}

function landAddress(statistics: Statistics, land: Land, row: OfficialRow): Address {
  const cohorts = cohortsOf(statistics, row);
  const place = placeId(land);
  if (row.sex === ALL && row.born === ALL) return { breakdown: 'place', values: [place], cells: cohorts.length };
  const values = cohorts.map((cohort) => `${place}/${cohort}`);
  return { breakdown: 'place/cohort', values, cells: cohorts.length };
}

function wholeAddress(statistics: Statistics, row: OfficialRow): Address {
  const values = cohortsOf(statistics, row);
  const cells = values.length * statistics.laender.length;
  if (row.sex === ALL && row.born === ALL) return { breakdown: TOTAL, values: [TOTAL], cells };
  return { breakdown: 'cohort', values, cells };
}

function rowsFor(
  statistics: Statistics,
  row: OfficialRow,
  land: string,
  { breakdown, values, cells }: Address,
  laender: number,
): ExpectedRow[] {
  const common = { name: nameOf(land, row.sex, row.born), breakdown, values, source: `line ${row.line}` };
  const contest = statistics.election.contests[row.contest]!.id;
  const parts = row.votes.length + 1;
  const turnout = { ...common, figures: { ballots: row.total }, tolerance: LAND_ROUNDING * cells };
  return [
    // Both votes of a row have the same voters: said once.
    ...(row.contest === 0 ? [turnout] : []),
    {
      ...common,
      contest,
      figures: { rejected: row.invalid, votes: row.votes },
      tolerance: rounding(cells, 1, laender),
    },
    { ...common, contest, figures: { cast: row.total }, tolerance: rounding(cells, parts, laender) },
  ];
}

/**
 * How far a printed sum may be from the sum of its printed parts: each was rounded to a whole number, so half a vote a
 * part and half for the sum itself; and never more than the rounding of a Land, for each figure and Land in it.
 */
function rounding(cells: number, figures: number, laender: number): number {
  if (cells * figures === 1) return 0;
  return Math.min(Math.floor((cells * figures + 1) / 2), LAND_ROUNDING * figures * laender);
}
