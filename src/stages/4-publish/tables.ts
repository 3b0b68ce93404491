import { disclose, type ShownBreakdown } from '../../election/disclosure.ts';
import type { Election } from '../../election/election.ts';
import type { Figures } from '../../election/figures.ts';
import type { Report } from '../../election/report.ts';
import type { ShownRow } from '../../election/shown-row.ts';
import { TOTAL } from '../../election/tally.ts';

/** A table of text and numbers, its first row the names of the columns. */
export type Table = readonly (readonly (string | number)[])[];

/** A row for each candidate in each row that may be shown; merged rows are named `a+b`, those held back say so. */
export function resultsTable(report: Report, election: Election): Table {
  const rows: (string | number)[][] = [['contest', 'breakdown', 'value', 'candidate', 'name', 'votes']];
  const shown = disclose(report, election);
  const add = (breakdown: string, value: string, at: number, votes: readonly number[] | undefined): void => {
    const contest = election.contests[at]!;
    contest.candidates.forEach(({ id, name }, candidate) => {
      rows.push([contest.id, breakdown, value, id, name, votes?.[candidate] ?? SUPPRESSED]);
    });
  };
  shown.contests.forEach((contest, at) => add(TOTAL, TOTAL, at, contest.votes));
  for (const { key, row } of allRows(shown.breakdowns)) {
    const figures = figuresOf(row);
    election.contests.forEach((_, at) => add(key, valueOf(row), at, figures?.contests[at]!.votes));
  }
  return rows;
}

/** A row for each row that may be shown: who may vote, who did. */
export function turnoutTable(report: Report, election: Election): Table {
  const { eligible, outcomes } = report.counts;
  const rows: (string | number)[][] = [
    ['breakdown', 'value', 'eligible', 'counted'],
    [TOTAL, TOTAL, eligible, outcomes.counted],
  ];
  for (const { key, row } of allRows(disclose(report, election).breakdowns)) {
    rows.push([key, valueOf(row), row.eligible, figuresOf(row)?.counted ?? SUPPRESSED]);
  }
  return rows;
}

const SUPPRESSED = 'suppressed';

function allRows(breakdowns: readonly ShownBreakdown[]): { key: string; row: ShownRow }[] {
  return breakdowns.flatMap(({ key, rows }) => rows.map((row) => ({ key, row })));
}

function valueOf(row: ShownRow): string {
  return row.state === 'merged' ? row.values.join('+') : row.value;
}

function figuresOf(row: ShownRow): Figures | undefined {
  return row.state === 'suppressed' ? undefined : row;
}

/** RFC 4180, line feeds; text that a spreadsheet would take for a formula gets a leading apostrophe. */
export function csv(table: Table): string {
  return table.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
