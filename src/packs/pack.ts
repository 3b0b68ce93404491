import type { Election } from '../election/election.ts';

/**
 * A real election, ready to be replayed: its election file, its ballots as counts, and what the official results say
 * must come out. As a folder it is described in pack-folder.ts; docs/packs.md tells the modelling choices.
 */
export interface Pack {
  readonly origin: PackOrigin;
  readonly election: Election;
  /** Every place and cohort that has voters, each once. */
  readonly units: readonly PackUnit[];
  readonly expected: readonly ExpectedRow[];
}

/** Where the figures come from, and under which licence. */
export interface PackOrigin {
  readonly name: string;
  readonly source: string;
  readonly licence: string;
  readonly retrievedFrom: { readonly file: string; readonly sha256: string };
  /** What the importer decided, one sentence each: a repaired spelling, an invented pairing. */
  readonly notes: readonly string[];
}

/** One place and cohort: how many may vote, and the ballots they cast. */
export interface PackUnit {
  readonly place: string;
  readonly cohort: string;
  readonly eligible: number;
  readonly ballots: readonly PackBallots[];
}

/** So many ballots with the same choices: a list per contest in the order of the election, undefined where absent. */
export interface PackBallots {
  readonly choices: readonly (readonly string[] | undefined)[];
  readonly count: number;
}

/** Official figures, and the rows of a report whose sum they are. */
export interface ExpectedRow {
  /** As people say it: `Bremen, women`. */
  readonly name: string;
  /** Absent: eligible voters and ballots. */
  readonly contest?: string | undefined;
  /** `*` for the row of everything together, else the key of a breakdown such as `place/cohort`. */
  readonly breakdown: string;
  /** Values of the breakdown; the figures are those of these rows together. */
  readonly values: readonly string[];
  readonly figures: Figures;
  /** How many of the `blank` are ballots that only fill up the place or cohort, and are in no official figure. */
  readonly padding?: number | undefined;
  /** How far each figure may be off; 0 unless the source rounds. */
  readonly tolerance: number;
  /** Where in the source file: `line 57`. */
  readonly source: string;
}

/** Numbers of ballots. A row holds those that its source gives. */
export interface Figures {
  readonly eligible?: number | undefined;
  readonly ballots?: number | undefined;
  /** Valid and rejected together: ballots on which the contest was voted, rightly or not. */
  readonly cast?: number | undefined;
  readonly blank?: number | undefined;
  readonly rejected?: number | undefined;
  /** In the order of the contest's candidates. */
  readonly votes?: readonly number[] | undefined;
}

export function ballotsOf(unit: PackUnit): number {
  return unit.ballots.reduce((sum, ballots) => sum + ballots.count, 0);
}

/** What stands on such a ballot, by contest; without the contests that are absent from it. */
export function choicesOf(
  { contests }: Election,
  { choices }: PackBallots,
): (readonly [contest: string, names: readonly string[]])[] {
  return contests.flatMap(({ id }, at) => {
    const names = choices[at];
    return names === undefined ? [] : [[id, names] as const];
  });
}

export function totalBallots(pack: Pack): number {
  return pack.units.reduce((sum, unit) => sum + ballotsOf(unit), 0);
}
