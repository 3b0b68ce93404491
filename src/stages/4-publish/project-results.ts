import { disclose } from '../../election/disclosure.ts';
import type { Election } from '../../election/election.ts';
import type { ContestFigures, Figures } from '../../election/figures.ts';
import type { Report } from '../../election/report.ts';
import type { ShownRow } from '../../election/shown-row.ts';
import { TOTAL } from '../../election/tally.ts';
import type { DatabaseSession } from '../../ports/database.ts';

/** Puts a report in the place of the one before. */
export async function writeReport(session: DatabaseSession, election: Election, report: Report): Promise<void> {
  const { at, status, position, counts } = report;
  const { contests, breakdowns, whole } = disclose(report, election);
  const hash = whole ? report.hash : null;
  const row = { at, status, position, hash, eligible: counts.eligible, lines: counts.lines, ...counts.outcomes };
  await session.query(REPLACE_REPORT, [election.id, JSON.stringify(row)]);

  const total = { value: TOTAL, eligible: counts.eligible, counted: counts.outcomes.counted, contests };
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
const REPLACE_REPORT = `
  INSERT INTO reports
    (election, at, status, position, hash, eligible, lines, counted, repeat, invalid, late, excluded)
  SELECT $1, * FROM jsonb_to_record($2::text::jsonb)
    AS fresh(at timestamptz, status text, position text, hash text, eligible bigint, lines bigint,
             counted bigint, repeat bigint, invalid bigint, late bigint, excluded bigint)
  ON CONFLICT (election) DO UPDATE SET
    at = excluded.at, status = excluded.status, position = excluded.position, hash = excluded.hash,
    eligible = excluded.eligible, lines = excluded.lines, counted = excluded.counted, repeat = excluded.repeat,
    invalid = excluded.invalid, late = excluded.late, excluded = excluded.excluded`;

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
