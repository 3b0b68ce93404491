import type { PackBallots, PackUnit } from './pack.ts';
import { countAt, inputError, readTable, textAt, type SourceFile, type SourceTable } from './source-table.ts';

/**
 * `ballots.csv` and `roll.csv` of a pack.
 *
 *     place,cohort,president,us-house-1,count      place,cohort,eligible
 *     Addison-ADD-3,all,joseph-biden,[],17         Addison-ADD-3,all,841
 *
 * A contest's cell is its choice list, the names separated by a space; `[]` is a blank list, and an empty cell says
 * that these ballots do not have the contest. No id holds a comma, a quote, a space or a bracket.
 */
const BLANK = '[]';
const ROLL_HEADER = ['place', 'cohort', 'eligible'];

export function ballotsCsv(contests: readonly string[], units: readonly PackUnit[]): string {
  const lines = units.flatMap(({ place, cohort, ballots }) =>
    ballots.map(({ choices, count }) => [place, cohort, ...choices.map(listCell), count].join(',')),
  );
  return [ballotsHeader(contests).join(','), ...lines, ''].join('\n');
}

export function rollCsv(units: readonly PackUnit[]): string {
  const lines = units.map(({ place, cohort, eligible }) => [place, cohort, eligible].join(','));
  return [ROLL_HEADER.join(','), ...lines, ''].join('\n');
}

/** The units of a pack, in the order of its roll. Throws LT_INPUT_FILE. */
export function readUnits(roll: SourceFile, ballots: SourceFile, contests: readonly string[]): PackUnit[] {
  const units = readRoll(readTable(roll));
  const table = readTable(ballots);
  // By position: a contest may be called `count`.
  requireHeader(table, ballotsHeader(contests));
  const countColumn = table.header.length - 1;
  for (const row of table.rows) {
    const unit = units.get(unitKey(textAt(row, 0), textAt(row, 1)));
    if (unit === undefined) throw inputError(table.file, 'the roll has no such place and cohort.', row.line);
    const choices = contests.map((_, at) => listOf(textAt(row, at + 2)));
    unit.ballots.push({ choices, count: countAt(table, row, countColumn) });
  }
  return [...units.values()];
}

type UnitDraft = Omit<PackUnit, 'ballots'> & { readonly ballots: PackBallots[] };

function readRoll(table: SourceTable): Map<string, UnitDraft> {
  requireHeader(table, ROLL_HEADER);
  const units = new Map<string, UnitDraft>();
  for (const row of table.rows) {
    const [place, cohort] = [textAt(row, 0), textAt(row, 1)];
    if (units.has(unitKey(place, cohort))) throw inputError(table.file, 'a place and cohort is there twice.', row.line);
    units.set(unitKey(place, cohort), { place, cohort, eligible: countAt(table, row, 2), ballots: [] });
  }
  return units;
}

function requireHeader(table: SourceTable, header: readonly string[]): void {
  if (table.header.join(',') === header.join(',')) return;
  throw inputError(table.file, `the first row is not ${header.join(',')}.`);
}

function unitKey(place: string, cohort: string): string {
  return `${place} ${cohort}`;
}

function ballotsHeader(contests: readonly string[]): string[] {
  return ['place', 'cohort', ...contests, 'count'];
}

function listCell(names: readonly string[] | undefined): string {
  if (names === undefined) return '';
  return names.length === 0 ? BLANK : names.join(' ');
}

function listOf(cell: string): readonly string[] | undefined {
  if (cell === '') return undefined;
  return cell === BLANK ? [] : cell.split(' ');
}
