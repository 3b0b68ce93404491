import type { ContestFigures } from './figures.ts';
import type { Contest, Election } from './election.ts';
import { METHODS } from './methods/methods.ts';

/**
 * A counted ballot without anything that could be a mark: by contest of the election the names that it votes for, in the
 * order of the candidates; none where it is blank, null where it is rejected, whatever stood there. As JSON, so that
 * equal ballots are equal text.
 */
export function wholeBallot(election: Election, choices: ReadonlyMap<string, readonly string[]>): string {
  return JSON.stringify(election.contests.map((contest) => wholeChoice(contest, choices.get(contest.id) ?? [])));
}

type WholeBallot = readonly (readonly string[] | null)[];

function wholeChoice(contest: Contest, names: readonly string[]): readonly string[] | null {
  if (METHODS[contest.method].judge(contest, names).kind === 'rejected') return null;
  return contest.candidates.filter(({ id }) => names.includes(id)).map(({ id }) => id);
}

/** `{"mayor":["ann"],"parks":null}` */
export function choicesOf(election: Election, ballot: string): string {
  const choices = JSON.parse(ballot) as WholeBallot;
  const parts = election.contests.map(({ id }, at) => `${JSON.stringify(id)}:${JSON.stringify(choices[at])}`);
  return `{${parts.join(',')}}`;
}

/** Sums of a group, by contest of the election. */
export type Sums = Mutable<ContestFigures>[];
type Mutable<Figures> = { -readonly [Name in keyof Figures]: Figures[Name] extends number ? number : number[] };

export function emptySums(election: Election): Sums {
  return election.contests.map(({ candidates }) => ({
    valid: 0,
    blank: 0,
    rejected: 0,
    votes: candidates.map(() => 0),
  }));
}

export function addFigures(sum: Sums[number], figures: ContestFigures): void {
  sum.valid += figures.valid;
  sum.blank += figures.blank;
  sum.rejected += figures.rejected;
  figures.votes.forEach((votes, candidate) => (sum.votes[candidate]! += votes));
}

/** A negative number of ballots takes them away. */
export function addBallots(sums: Sums, election: Election, ballot: string, ballots: number): void {
  for (const [at, names] of (JSON.parse(ballot) as WholeBallot).entries()) {
    const sum = sums[at]!;
    if (names === null) sum.rejected += ballots;
    else if (names.length === 0) sum.blank += ballots;
    else sum.valid += ballots;
    election.contests[at]!.candidates.forEach(({ id }, candidate) => {
      if (names?.includes(id) === true) sum.votes[candidate]! += ballots;
    });
  }
}
