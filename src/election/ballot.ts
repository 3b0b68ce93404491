/** What became of one ballot line; the first rule of the fold that holds gives it (decide.ts). */
export const OUTCOMES = ['counted', 'repeat', 'invalid', 'late', 'excluded'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why a line is invalid, in the order in which it is asked. */
export const INVALID_REASONS = ['form', 'partition', 'unissued', 'unit'] as const;
/**
 * `form`: not in canonical form · `partition`: not in the partition of its serial · `unissued`: no such voting
 * code was handed out · `unit`: place and cohort are not those of the serial
 */
export type InvalidReason = (typeof INVALID_REASONS)[number];

/** A ballot in canonical form, as the grammar reads it. */
export interface Ballot {
  readonly serial: number;
  readonly place: string;
  readonly cohort: string;
  /** By contest, in the ballot's order: the choice list. A contest stands here at most once. */
  readonly choices: ReadonlyMap<string, readonly string[]>;
}
