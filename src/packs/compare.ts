import type { Election } from '../election/election.ts';
import type { ContestRow, Report } from '../election/report.ts';
import { TOTAL } from '../election/tally.ts';
import type { ExpectedRow, Figures, Pack } from './pack.ts';

/** Official figures beside those of a report. Plain data: `JSON.stringify` it for machines. */
export interface Comparison {
  readonly election: string;
  /** The report's hash and position, so that the comparison names what it compared. */
  readonly report: string;
  readonly position: string;
  readonly counts: { readonly figures: number; readonly exact: number; readonly withinTolerance: number };
  /** Figures of the whole election, equal or not. */
  readonly totals: readonly ComparedFigure[];
  /** Off, but by no more than the source rounds. */
  readonly rounded: readonly ComparedFigure[];
  /** Off by more than that: the replay is wrong when there is one. */
  readonly differences: readonly ComparedFigure[];
}

export interface ComparedFigure {
  /** `Bremen, women`, as the pack names the row. */
  readonly row: string;
  readonly contest?: string | undefined;
  /** `eligible`, `ballots`, `cast`, `blank`, `rejected`, or `votes` of the candidate. */
  readonly figure: string;
  readonly candidate?: string | undefined;
  readonly expected: number;
  /** Undefined when the report has no such row. */
  readonly obtained: number | undefined;
  readonly tolerance: number;
  readonly padding?: number | undefined;
  readonly source: string;
}

/** Every expected figure of the pack against the report, which must not have been cut for disclosure. */
export function compare(pack: Pick<Pack, 'election' | 'expected'>, report: Report): Comparison {
  const rows = reportRows(report);
  const figures = pack.expected.flatMap((expected) => compareRow(expected, rows, pack.election));
  const rounded = figures.filter((figure) => !isExact(figure) && isWithin(figure));
  const differences = figures.filter((figure) => !isWithin(figure));
  return {
    election: report.election,
    report: report.hash,
    position: report.position,
    counts: {
      figures: figures.length,
      exact: figures.length - rounded.length - differences.length,
      withinTolerance: rounded.length,
    },
    totals: pack.expected
      .filter((expected) => expected.breakdown === TOTAL)
      .flatMap((expected) => compareRow(expected, rows, pack.election)),
    rounded,
    differences,
  };
}

type Rows = ReadonlyMap<string, Figures>;

function rowKey(contest: string | undefined, breakdown: string, value: string): string {
  return `${contest ?? ''} ${breakdown} ${value}`;
}

function reportRows(report: Report): Rows {
  const { counts } = report;
  const rows = new Map<string, Figures>();
  rows.set(rowKey(undefined, TOTAL, TOTAL), { eligible: counts.eligible, ballots: counts.outcomes.counted });
  for (const { key, rows: values } of counts.turnout) {
    for (const { value, eligible, counted } of values) {
      rows.set(rowKey(undefined, key, value), { eligible, ballots: counted });
    }
  }
  for (const contest of counts.contests) {
    rows.set(rowKey(contest.id, TOTAL, TOTAL), contestFigures(contest));
    for (const { key, rows: values } of contest.breakdowns) {
      for (const row of values) rows.set(rowKey(contest.id, key, row.value), contestFigures(row));
    }
  }
  return rows;
}

function contestFigures(row: ContestRow): Figures {
  const rejected = Object.values(row.rejected).reduce((sum, ballots) => sum + ballots, 0);
  return { cast: row.valid + rejected, blank: row.blank, rejected, votes: row.votes };
}

function compareRow(expected: ExpectedRow, rows: Rows, election: Election): ComparedFigure[] {
  const { contest, breakdown, values, padding, tolerance, source } = expected;
  const found = values.map((value) => rows.get(rowKey(contest, breakdown, value)));
  const sum = (pick: (figures: Figures) => number | undefined): number | undefined =>
    found.reduce<number | undefined>((total, figures) => {
      const number = figures === undefined ? undefined : pick(figures);
      return total === undefined || number === undefined ? undefined : total + number;
    }, 0);

  const common = { row: expected.name, contest, tolerance, source };
  const compared: ComparedFigure[] = [];
  for (const figure of ['eligible', 'ballots', 'cast', 'blank', 'rejected'] as const) {
    const number = expected.figures[figure];
    if (number === undefined) continue;
    const obtained = sum((figures) => figures[figure]);
    compared.push({ ...common, figure, expected: number, obtained, ...(figure === 'blank' ? { padding } : {}) });
  }
  const candidates = election.contests.find(({ id }) => id === contest)?.candidates ?? [];
  expected.figures.votes?.forEach((votes, at) => {
    const obtained = sum((figures) => figures.votes?.[at]);
    compared.push({ ...common, figure: 'votes', candidate: candidates[at]?.id, expected: votes, obtained });
  });
  return compared;
}

function isExact({ expected, obtained }: ComparedFigure): boolean {
  return expected === obtained;
}

function isWithin({ expected, obtained, tolerance }: ComparedFigure): boolean {
  return obtained !== undefined && Math.abs(expected - obtained) <= tolerance;
}
