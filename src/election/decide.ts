import type { Claim, InvalidReason, Outcome } from './ballot.ts';

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
  | { readonly outcome: 'counted' };

/** The first rule that holds decides. `claim` is undefined when the line is not in canonical form. */
export function decide(rules: FoldRules, partition: number, offset: number, claim: Claim | undefined): Decision {
  if (
    rules.excludedRanges.some((range) => range.partition === partition && range.from <= offset && offset < range.to)
  ) {
    return { outcome: 'excluded' };
  }
  if (rules.closed !== undefined && offset >= rules.closed[partition]!) return { outcome: 'late' };
  if (claim === undefined) return { outcome: 'invalid', why: 'form' };
  if (claim.serial % rules.partitions !== partition) return { outcome: 'invalid', why: 'partition' };
  const unit = rules.unitOf(claim.serial);
  if (unit === undefined) return { outcome: 'invalid', why: 'unissued' };
  if (unit.place !== claim.place || unit.cohort !== claim.cohort) return { outcome: 'invalid', why: 'unit' };
  if (rules.isExcluded(claim.serial)) return { outcome: 'excluded' };
  if (rules.isSpent(claim.serial)) return { outcome: 'repeat' };
  return { outcome: 'counted' };
}
