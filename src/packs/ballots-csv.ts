import type { PackBallots, PackUnit } from './pack.ts';
import { columnAt, countAt, inputError, readTable, textAt, type SourceFile, type SourceTable } from './source-table.ts';

/**
 * `ballots.csv` and `roll.csv` of a pack.
 *
 *     place,cohort,president,us-house-1,count      place,cohort,eligible
 *     Addison-ADD-3,all,joseph-biden,[],17         Addison-ADD-3,all,841
 *
 * A contest's cell is its choice list, the names separated by a space; `[]` is a blank list, and an empty cell says
 * that these ballots do not have the contest. No id holds a comma, a quote, a space or a bracket.
 */
export const BLANK = '[]';

export function ballotsCsv(contests: readonly string[], units: readonly PackUnit[]): string {
  const lines = units.flatMap(({ place, cohort, ballots }) =>
    ballots.map(({ choices, count }) => [place, cohort, ...choices.map(listCell), count].join(',')),
  );
  return [['place', 'cohort', ...contests, 'count'].join(','), ...lines, ''].join('\n');
}

export function rollCsv(units: readonly PackUnit[]): string {
  const lines = units.map(({ place, cohort, eligible }) => [place, cohort, eligible].join(','));
  return ['place,cohort,eligible', ...lines, ''].join('\n');
}

/** The units of a pack, in the order of its roll. Throws LT_INPUT_FILE. */
export function readUnits(roll: SourceFile, ballots: SourceFile, contests: readonly string[]): PackUnit[] {
  const units = readRoll(readTable(roll));
  const table = readTable(ballots);
  const columns = contests.map((contest) => columnAt(table, contest));
  const [place, cohort, count] = ['place', 'cohort', 'count'].map((name) => columnAt(table, name)) as [
    number,
    number,
    number,
  ];
  for (const row of table.rows) {
    const unit = units.get(unitKey(textAt(row, place), textAt(row, cohort)));
    if (unit === undefined) throw inputError(table.file, 'the roll has no such place and cohort.', row.line);
    const choices = columns.map((column) => listOf(textAt(row, column)));
    unit.ballots.push({ choices, count: countAt(table, row, count) });
  }
  return [...units.values()];
}

type UnitDraft = Omit<PackUnit, 'ballots'> & { readonly ballots: PackBallots[] };

function readRoll(table: SourceTable): Map<string, UnitDraft> {
  const [placeAt, cohortAt, eligibleAt] = ['place', 'cohort', 'eligible'].map((name) => columnAt(table, name)) as [
    number,
    number,
    number,
  ];
  const units = new Map<string, UnitDraft>();
  for (const row of table.rows) {
    const [place, cohort] = [textAt(row, placeAt), textAt(row, cohortAt)];
    if (units.has(unitKey(place, cohort))) throw inputError(table.file, 'a place and cohort is there twice.', row.line);
    units.set(unitKey(place, cohort), { place, cohort, eligible: countAt(table, row, eligibleAt), ballots: [] });
  }
  return units;
}

function unitKey(place: string, cohort: string): string {
  return `${place} ${cohort}`;
}

function listCell(names: readonly string[] | undefined): string {
  if (names === undefined) return '';
  return names.length === 0 ? BLANK : names.join(' ');
}

function listOf(cell: string): readonly string[] | undefined {
  if (cell === '') return undefined;
  return cell === BLANK ? [] : cell.split(' ');
}
