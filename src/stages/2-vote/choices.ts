import type { Election } from '../../election/election.ts';
import type { Draws } from '../seeded-draws.ts';
import type { Leanings } from './leanings.ts';

/** What a voter of a unit chooses in every contest; the `again` of a voter who changes their mind is another. */
export type Choose = (serial: number, unit: number, again: boolean) => [contest: string, names: string[]][];

const BLANK = 0.01;
const ONE_MORE = 0.5;
/** Approvals on one simulated ballot; people seldom tick a whole list. */
const MOST_NAMES = 3;

/** Fields of a serial's draws; casts.ts has those before. Two rows of eight a contest, the second for `again`. */
const FIRST_FIELD = 16;
const FIELDS = 8;

export function createChoices(election: Election, leanings: Leanings, draws: Draws): Choose {
  function namesOf(contestAt: number, serial: number, unit: number, field: number): string[] {
    const { method, choose, candidates } = election.contests[contestAt]!;
    if (draws.unit(serial, field) < BLANK) return [];
    const most = method === 'approval' ? Math.min(choose ?? candidates.length, MOST_NAMES) : 1;
    const cumulative = leanings.cumulative(contestAt, unit);
    const picked = new Set<number>();
    for (let at = 0; at < most; at++) {
      if (at > 0 && draws.unit(serial, field + 1 + MOST_NAMES + at) >= ONE_MORE) break;
      picked.add(draws.weighted(cumulative, serial, field + 1 + at));
    }
    return [...picked].sort((left, right) => left - right).map((at) => candidates[at]!.id);
  }

  return (serial, unit, again) =>
    election.contests.map(({ id }, contestAt) => {
      const field = FIRST_FIELD + (contestAt * 2 + (again ? 1 : 0)) * FIELDS;
      return [id, namesOf(contestAt, serial, unit, field)];
    });
}
