import type { Contest } from '../election/election.ts';
import type { ListCount } from '../election/methods/method.ts';

/** What a source says of one contest in one place and cohort. */
export interface OfficialCounts {
  /** In the order of the contest's candidates. */
  readonly votes: readonly number[];
  readonly rejected: number;
  readonly blank?: number;
}

/** The choice lists that give these counts, and how many ballots hold each. */
export function marginOf(contest: Contest, { votes, rejected, blank = 0 }: OfficialCounts): ListCount[] {
  const valid = contest.candidates.map(({ id }, at): ListCount => [[id], votes[at]!]);
  return [...valid, [overvote(contest), rejected], [[], blank]];
}

export function marginSize(margin: readonly ListCount[]): number {
  return margin.reduce((sum, [, ballots]) => sum + ballots, 0);
}

/**
 * A list that the count must reject: two names where one may stand. Sources count blank and spoilt ballots together
 * or apart; what they call invalid becomes this, so that `rejected` is their figure and nothing is mixed into it.
 */
function overvote({ candidates }: Contest): readonly string[] {
  const [first, second] = candidates;
  return [first!.id, (second ?? first!).id];
}
