import { OUTCOMES } from './ballot.ts';
import type { ContestReport, Counts, Equality } from './report.ts';

/**
 * What every report must satisfy, or it is withheld and the failing equality named. Each side was counted apart:
 * a ballot dropped, doubled or relabelled between two counters shows here.
 */
export function equalities(counts: Counts): Equality[] {
  const { counted } = counts.outcomes;
  return [
    {
      name: `lines = ${OUTCOMES.join(' + ')}`,
      left: counts.lines,
      right: sum(OUTCOMES.map((outcome) => counts.outcomes[outcome])),
    },
    { name: 'invalid = Σ reasons', left: counts.outcomes.invalid, right: sum(Object.values(counts.invalid)) },
    { name: 'counted = spent serials', left: counted, right: counts.spent },
    ...counts.turnout.map(({ key, rows }) => ({
      name: `counted = Σ ${key}`,
      left: counted,
      right: sum(rows.map((row) => row.counted)),
    })),
    ...counts.contests.flatMap((contest) => contestEqualities(contest, counted)),
  ];
}

export function failing(checked: readonly Equality[]): Equality[] {
  return checked.filter(({ left, right }) => left !== right);
}

function contestEqualities(contest: ContestReport, counted: number): Equality[] {
  const checked: Equality[] = [
    {
      name: `${contest.id}: counted = valid + blank + rejected`,
      left: counted,
      right: contest.valid + contest.blank + sum(Object.values(contest.rejected)),
    },
  ];
  if (contest.method === 'plurality') {
    checked.push({ name: `${contest.id}: valid = Σ candidates`, left: contest.valid, right: sum(contest.votes) });
  }
  for (const { key, rows } of contest.breakdowns) {
    checked.push({
      name: `${contest.id}: Σ candidates = Σ candidates by ${key}`,
      left: sum(contest.votes),
      right: sum(rows.map((row) => sum(row.votes))),
    });
  }
  return checked;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
