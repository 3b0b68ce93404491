import { disclose } from '../../election/disclosure.ts';
import type { Election } from '../../election/election.ts';
import type { ContestFigures, Figures } from '../../election/figures.ts';
import type { Report } from '../../election/report.ts';
import type { ShownRow } from '../../election/shown-row.ts';
import { TOTAL } from '../../election/tally.ts';
import type { DatabaseSession } from '../../ports/database.ts';

/** Reports older than the newest by more than this are deleted. */
const HISTORY = '1 day';

/** A report and where its summary stands in the results topic. */
export interface NumberedReport {
  readonly number: number;
  readonly report: Report;
}

/** Adds reports to the history, and puts the last one in the place of the one before. At least one. */
export async function writeReports(
  session: DatabaseSession,
  election: Election,
  reports: readonly NumberedReport[],
): Promise<void> {
  const rows = reports.map(({ number, report }) => historyRow(election, number, report));
  await session.query(INSERT_REPORTS, [election.id, JSON.stringify(rows)]);
  await session.query(DELETE_OLD_REPORTS, [election.id]);
  await writeNewest(session, election, reports.at(-1)!.report);
}

function historyRow(election: Election, number: number, report: Report): object {
  const { at, status, position, counts } = report;
  const hash = disclose(report, election).whole ? report.hash : null;
  return { number, at, status, position, hash, eligible: counts.eligible, lines: counts.lines, ...counts.outcomes };
}

async function writeNewest(session: DatabaseSession, election: Election, report: Report): Promise<void> {
  const { eligible, outcomes } = report.counts;
  const { contests, breakdowns } = disclose(report, election);
  const total: ResultRow = { value: TOTAL, eligible, counted: outcomes.counted, contests };
  const shown: Breakdown[] = [
    { key: TOTAL, rows: [total] },
    ...breakdowns.map(({ key, rows }) => ({ key, rows: rows.map(resultRow) })),
  ];
  for (const table of ['turnout', 'contest_counts', 'results']) {
    const sql = `DELETE FROM ${table} WHERE election = $1 AND breakdown <> ALL ($2::text[])`;
    await session.query(sql, [election.id, shown.map(({ key }) => key)]);
  }
  for (const breakdown of shown) await writeBreakdown(session, election, breakdown);
}

interface Breakdown {
  readonly key: string;
  readonly rows: readonly ResultRow[];
}

/** Without `counted` and contests where the group is held back. */
type ResultRow = { readonly value: string; readonly eligible: number } & Partial<Figures>;

function resultRow(row: ShownRow): ResultRow {
  switch (row.state) {
    case 'shown':
      return row;
    case 'merged':
      return { ...row, value: row.values.join(' + ') };
    case 'suppressed':
      return row;
    default:
      return row satisfies never;
  }
}

async function writeBreakdown(session: DatabaseSession, election: Election, { key, rows }: Breakdown): Promise<void> {
  const turnout = rows.map(({ value, eligible, counted }) => ({ value, eligible, counted }));
  await session.query(REPLACE_TURNOUT, [election.id, key, JSON.stringify(turnout)]);
  for (const [at, contest] of election.contests.entries()) {
    const figures = rows.flatMap(({ value, contests }) => {
      const of: ContestFigures | undefined = contests?.[at];
      return of === undefined ? [] : [{ value, ...of }];
    });
    const scope = [election.id, key, JSON.stringify(figures), contest.id];
    await session.query(REPLACE_CONTEST_COUNTS, scope);
    await session.query(REPLACE_RESULTS, [...scope, contest.candidates.map((candidate) => candidate.id)]);
  }
}
const INSERT_REPORTS = `
  INSERT INTO reports
    (election, number, at, status, position, hash, eligible, lines, counted, repeat, invalid, late, excluded)
  SELECT $1, * FROM jsonb_to_recordset($2::text::jsonb)
    AS fresh(number bigint, at timestamptz, status text, position text, hash text, eligible bigint, lines bigint,
             counted bigint, repeat bigint, invalid bigint, late bigint, excluded bigint)`;

const DELETE_OLD_REPORTS = `
  DELETE FROM reports WHERE election = $1
    AND at < (SELECT max(at) FROM reports WHERE election = $1) - interval '${HISTORY}'`;

// The rest change a row only where its numbers changed: PostgreSQL keeps what it overwrites until a clean-up, and
// between two reports most rows are the same.

const REPLACE_TURNOUT = `
  WITH fresh AS (SELECT * FROM jsonb_to_recordset($3::text::jsonb) AS f(value text, eligible bigint, counted bigint)),
  gone AS (DELETE FROM turnout WHERE election = $1 AND breakdown = $2 AND value NOT IN (SELECT value FROM fresh))
  INSERT INTO turnout AS old (election, breakdown, value, eligible, counted) SELECT $1, $2, * FROM fresh
  ON CONFLICT (election, breakdown, value) DO UPDATE SET eligible = excluded.eligible, counted = excluded.counted
  WHERE (old.eligible, old.counted) IS DISTINCT FROM (excluded.eligible, excluded.counted)`;

const REPLACE_CONTEST_COUNTS = `
  WITH fresh AS (SELECT * FROM jsonb_to_recordset($3::text::jsonb)
    AS f(value text, valid bigint, blank bigint, rejected bigint)),
  gone AS (DELETE FROM contest_counts
    WHERE election = $1 AND contest = $4 AND breakdown = $2 AND value NOT IN (SELECT value FROM fresh))
  INSERT INTO contest_counts AS old (election, contest, breakdown, value, valid, blank, rejected)
  SELECT $1, $4, $2, * FROM fresh
  ON CONFLICT (election, contest, breakdown, value) DO UPDATE
    SET valid = excluded.valid, blank = excluded.blank, rejected = excluded.rejected
  WHERE (old.valid, old.blank, old.rejected) <> (excluded.valid, excluded.blank, excluded.rejected)`;

const REPLACE_RESULTS = `
  WITH fresh AS (SELECT f.value, v.candidate, v.votes
    FROM jsonb_to_recordset($3::text::jsonb) AS f(value text, votes bigint[]),
         unnest($5::text[], f.votes) AS v(candidate, votes)),
  gone AS (DELETE FROM results
    WHERE election = $1 AND contest = $4 AND breakdown = $2 AND value NOT IN (SELECT value FROM fresh))
  INSERT INTO results AS old (election, contest, breakdown, value, candidate, votes)
  SELECT $1, $4, $2, * FROM fresh
  ON CONFLICT (election, contest, breakdown, value, candidate) DO UPDATE SET votes = excluded.votes
  WHERE old.votes <> excluded.votes`;
