import type { InvalidReason, Outcome } from './ballot.ts';
import type { RejectedReason } from './methods/method.ts';

/** The results at a position. */
export interface Report {
  readonly election: string;
  /** Hash of what was frozen when the election was defined. */
  readonly definition: string;
  readonly status: ReportStatus;
  /** How far each partition had been read; the text form of topics/position.ts. */
  readonly position: string;
  /** The engine that counted, and its run: `in-process`, or the id of a run of a cluster. */
  readonly run: string;
  /** The count of a position may yet differ: a cluster judges late issues and late ballots only in its bounded count. */
  readonly provisional: boolean;
  /** When it was made, ISO; not part of the hash. */
  readonly at: string;
  readonly counts: Counts;
  readonly equalities: readonly Equality[];
  /** SHA-256 over the canonical form of `counts`, hex. */
  readonly hash: string;
}

/** The words of NIST SP 1500-100. */
export type ReportStatus = 'pre-election' | 'unofficial-partial' | 'unofficial-complete';

/** Everything that the hash covers. Numbers are ballots unless said otherwise. */
export interface Counts {
  readonly eligible: number;
  readonly lines: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly invalid: Readonly<Record<InvalidReason, number>>;
  readonly spent: number;
  readonly strays: number;
  readonly turnout: readonly TurnoutBreakdown[];
  readonly contests: readonly ContestReport[];
}

export interface TurnoutBreakdown {
  /** `place`, `cohort`, `place/cohort` … */
  readonly key: string;
  readonly rows: readonly { readonly value: string; readonly eligible: number; readonly counted: number }[];
}

export interface ContestReport extends ContestRow {
  readonly id: string;
  readonly method: string;
  readonly breakdowns: readonly {
    readonly key: string;
    readonly rows: readonly (ContestRow & { readonly value: string })[];
  }[];
}

export interface ContestRow {
  readonly counted: number;
  readonly valid: number;
  readonly blank: number;
  readonly rejected: Readonly<Partial<Record<RejectedReason, number>>>;
  /** In the order of the contest's candidates. */
  readonly votes: readonly number[];
}

export interface Equality {
  /** `lines = counted + repeat + invalid + late + excluded` */
  readonly name: string;
  readonly left: number;
  readonly right: number;
}
