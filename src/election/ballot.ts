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

/** What a ballot line says of its right to be counted. */
export interface Claim {
  readonly serial: number;
  readonly place: string;
  readonly cohort: string;
}
