import type { InvalidReason, Outcome } from '../../election/ballot.ts';
import type { ShownBreakdown } from '../../election/disclosure.ts';
import type { MethodId, ResultsPolicy } from '../../election/election.ts';
import type { ContestFigures } from '../../election/figures.ts';
import type { ReportStatus } from '../../election/report.ts';

/** What the page gets, in two parts: the texts, which seldom change, and a snapshot, which does each second. */
export interface View {
  readonly texts: Texts;
  readonly snapshot: Snapshot;
}

/** What the election file says to people. Addresses are relative to the page's own. */
export interface Texts {
  readonly id: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly contests: readonly ContestText[];
  readonly places: readonly PlaceText[];
  /** The attributes of a cohort, such as age and sex. */
  readonly attributes: readonly AttributeText[];
  /** Rows of fewer ballots are merged or suppressed. */
  readonly k: number;
}

export interface ContestText {
  readonly id: string;
  readonly title: string;
  readonly method: MethodId;
  readonly candidates: readonly CandidateText[];
}

export interface CandidateText {
  readonly id: string;
  readonly name: string;
  readonly party?: string | undefined;
  readonly colour?: string | undefined;
  /** `photos/president/rivera` */
  readonly photo?: string | undefined;
}

export interface PlaceText {
  readonly id: string;
  readonly name: string;
  readonly places?: readonly PlaceText[] | undefined;
}

export interface AttributeText {
  readonly id: string;
  readonly name: string;
  readonly values: readonly { readonly id: string; readonly name: string }[];
}

/** The newest report as far as it may be shown, and how fast the count moves. Numbers are ballots. */
export interface Snapshot {
  /** Which texts belong to it; those of `/api/election` have the same. */
  readonly texts: string;
  readonly status: ReportStatus;
  /** What is shown at this moment. */
  readonly shows: ResultsPolicy;
  /** When it was counted, ISO. */
  readonly at: string;
  readonly position: string;
  /** Counted by a cluster that follows the log: final only in its bounded count, after the close. */
  readonly provisional: boolean;
  readonly definition: string;
  /** Absent while something that it covers is held back. */
  readonly hash?: string | undefined;
  /** Voters with a voting code. */
  readonly eligible: number;
  readonly lines: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly invalid: Readonly<Record<InvalidReason, number>>;
  /** How many equalities were checked; a report that breaks one is never published. */
  readonly equalities: number;
  /** In the order of the texts; empty while hidden. */
  readonly contests: readonly ContestFigures[];
  /** `place`, and each attribute; `cohort` where there are several. */
  readonly breakdowns: readonly ShownBreakdown[];
  readonly rates: Rates;
}

export interface Rates {
  /** Ballot lines a second over the last ten seconds. */
  readonly perSecond: number;
  readonly history: HistoryView;
}

/** The count so far in at most 120 points, oldest first; each list holds one number a point. */
export interface HistoryView {
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
  readonly lines: readonly number[];
  readonly counted: readonly number[];
  /** By contest; empty while hidden. */
  readonly contests: readonly ContestHistory[];
}

export interface ContestHistory {
  readonly valid: readonly number[];
  /** The leaders of now, by index in the contest, and the votes of each. */
  readonly candidates: readonly number[];
  readonly votes: readonly (readonly number[])[];
}
