import type { Ballot, InvalidReason, Outcome } from './ballot.ts';

/** The plain words of one step of the fold: what the hot path in stages/3-tally is tested against, and the recount runs. */
export interface FoldRules {
  readonly partitions: number;
  /** By partition: at and after this offset a line is late. Undefined: the election is open. */
  readonly closed: readonly number[] | undefined;
  readonly excludedRanges: readonly { readonly partition: number; readonly from: number; readonly to: number }[];
  isExcluded(serial: number): boolean;
  /** The place and cohort that an issued serial belongs to. */
  unitOf(serial: number): { readonly place: string; readonly cohort: string } | undefined;
  isSpent(serial: number): boolean;
}

export type Decision =
  | { readonly outcome: Exclude<Outcome, 'invalid' | 'counted'> }
  | { readonly outcome: 'invalid'; readonly why: InvalidReason }
  | { readonly outcome: 'counted'; readonly ballot: Ballot };

/** The first rule that holds decides. `ballot` is undefined when the line is not in canonical form. */
export function decide(rules: FoldRules, partition: number, offset: number, ballot: Ballot | undefined): Decision {
  if (rules.excludedRanges.some((range) => range.partition === partition && range.from <= offset && offset < range.to)) {
    return { outcome: 'excluded' };
  }
  if (rules.closed !== undefined && offset >= rules.closed[partition]!) return { outcome: 'late' };
  if (ballot === undefined) return { outcome: 'invalid', why: 'form' };
  if (ballot.serial % rules.partitions !== partition) return { outcome: 'invalid', why: 'partition' };
  const unit = rules.unitOf(ballot.serial);
  if (unit === undefined) return { outcome: 'invalid', why: 'unissued' };
  if (unit.place !== ballot.place || unit.cohort !== ballot.cohort) return { outcome: 'invalid', why: 'unit' };
  if (rules.isExcluded(ballot.serial)) return { outcome: 'excluded' };
  if (rules.isSpent(ballot.serial)) return { outcome: 'repeat' };
  return { outcome: 'counted', ballot };
}
