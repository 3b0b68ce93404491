import type { Contest } from '../election.ts';

/** A choice list and how many counted ballots hold it. */
export type ListCount = readonly [names: readonly string[], ballots: number];

/** What one choice list is worth in a contest. */
export type Verdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'rejected'; readonly why: RejectedReason };

export type RejectedReason = 'overvote' | 'unknown-name' | 'name-twice';

/** A count under one method's rules. Numbers are ballots, `votes` in the order of the contest's candidates. */
export interface ContestCount {
  readonly valid: number;
  readonly blank: number;
  readonly rejected: Readonly<Partial<Record<RejectedReason, number>>>;
  readonly votes: readonly number[];
}

/**
 * A counting method: a pure function from choice lists and their numbers to a count. It never sees a ballot, a
 * voter or an order of arrival, so any method can be run on the same tally.
 */
export interface Method {
  readonly id: Contest['method'];
  judge(contest: Contest, names: readonly string[]): Verdict;
  count(contest: Contest, lists: Iterable<ListCount>): ContestCount;
}
