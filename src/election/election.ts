/** The election as its file says it, after checks. What decides the count is frozen from it (freeze.ts); the rest are texts. */
export interface Election {
  readonly id: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly contests: readonly Contest[];
  /** A forest; ballots belong to its leaves. */
  readonly places: readonly Place[];
  /** The cohort of a voter has one value of each attribute: `25-34|f`. Empty: the one cohort is `all`. */
  readonly cohorts: readonly Attribute[];
  readonly breakdowns: readonly Breakdown[];
  readonly results: ResultsPolicy;
  /** The smallest group shown: rows of fewer ballots are merged upward. */
  readonly k: number;
  readonly simulation: Simulation;
}

export interface Contest {
  readonly id: string;
  readonly title: string;
  readonly method: MethodId;
  /** Approval: how many names a ballot may hold; absent: all of them. */
  readonly choose?: number | undefined;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly party?: string | undefined;
  /** `#rrggbb` */
  readonly colour?: string | undefined;
  readonly biography?: string | undefined;
  readonly platform?: readonly string[] | undefined;
  /** A file beside the election file, or a `data:` URL. */
  readonly photo?: string | undefined;
  /** Share of the vote the simulator starts from, before place and cohort lean. Never counted. */
  readonly strength?: number | undefined;
}

export interface Place {
  readonly id: string;
  readonly name: string;
  /** Weight for the simulator, and nothing else. */
  readonly population?: number | undefined;
  readonly places?: readonly Place[] | undefined;
}

export interface Attribute {
  readonly id: string;
  readonly name: string;
  readonly values: readonly AttributeValue[];
}

export interface AttributeValue {
  readonly id: string;
  readonly name: string;
  /** The attribute `age`: ages on election day, both inclusive; without an upper end when absent. */
  readonly ages?: readonly [number, number?] | undefined;
  /** Weight for the simulator: share of the people. */
  readonly share?: number | undefined;
}

/** Dimensions counted together: `place`, `cohort`, or the id of one attribute. */
export type Breakdown = readonly string[];

export type ResultsPolicy = 'hidden' | 'totals' | 'all';
export type MethodId = 'plurality' | 'approval';

/** How the demo behaves. Shares are of 1. */
export interface Simulation {
  readonly turnout: number;
  readonly repeats: number;
  readonly malformed: number;
  /** How far places and cohorts lean from the candidates' strengths; 0: not at all. */
  readonly lean: number;
}
