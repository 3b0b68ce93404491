import type { ContestRow } from './report.ts';

/** What is shown of one row. Numbers are ballots, `eligible` voters. */
export interface Figures {
  readonly eligible: number;
  readonly counted: number;
  /** In the election's order. */
  readonly contests: readonly ContestFigures[];
}

/** `votes` in the order of the contest's candidates. */
export interface ContestFigures {
  readonly valid: number;
  readonly blank: number;
  readonly rejected: number;
  readonly votes: readonly number[];
}

export function contestFigures(row: ContestRow): ContestFigures {
  const rejected = Object.values(row.rejected).reduce((sum, ballots) => sum + ballots, 0);
  return { valid: row.valid, blank: row.blank, rejected, votes: row.votes };
}

/** The sum of disjoint rows, at least one. */
export function sumFigures(rows: readonly Figures[]): Figures {
  return rows.reduce((one, other) => ({
    eligible: one.eligible + other.eligible,
    counted: one.counted + other.counted,
    contests: one.contests.map((contest, at) => addContest(contest, other.contests[at]!)),
  }));
}

function addContest(one: ContestFigures, other: ContestFigures): ContestFigures {
  return {
    valid: one.valid + other.valid,
    blank: one.blank + other.blank,
    rejected: one.rejected + other.rejected,
    votes: one.votes.map((votes, at) => votes + other.votes[at]!),
  };
}
