import type { Election } from '../../election/election.ts';
import { breakdownValue } from '../../election/space.ts';
import { add, ballotKey, cellKey, TOTAL, UNKNOWN_LIST, type Tally } from '../../election/tally.ts';
import { matchLine, readChoices, type BallotLine } from '../../topics/ballots.ts';

/** A ballot line from behind its serial on → how many counted ballots say just that. */
export type EqualBallots = Map<string, number>;

/** Takes a line that is counted. */
export function addEqual(equal: EqualBallots, line: string): void {
  const rest = line.slice(line.indexOf(','));
  const ballots = equal.get(rest);
  // A slice keeps the whole record in memory that it was cut from; a key that stays has to be its own.
  if (ballots === undefined) equal.set(Buffer.from(rest, 'latin1').toString('latin1'), 1);
  else equal.set(rest, ballots + 1);
}

/** Adds the ballots to the tally, and empties the map. */
export function countBallots(tally: Tally, election: Election, equal: EqualBallots): void {
  takeEqual(equal, ({ place, cohort }, choices, ballots) => {
    countEqual(tally, election, rowsOf(election, place, cohort), choices, ballots);
  });
}

/** Gives each ballot with how many are equal, and empties the map. */
export function takeEqual(
  equal: EqualBallots,
  take: (ballot: BallotLine, choices: ReadonlyMap<string, readonly string[]>, ballots: number) => void,
): void {
  for (const [key, ballots] of equal) {
    const ballot = matchLine(`{"serial":0${key}`)!;
    take(ballot, readChoices(ballot.choices), ballots);
  }
  equal.clear();
}

function countEqual(
  tally: Tally,
  election: Election,
  rows: readonly Row[],
  choices: ReadonlyMap<string, readonly string[]>,
  ballots: number,
): void {
  for (const [breakdown, value] of rows) {
    if (breakdown !== TOTAL) add(tally.ballots, ballotKey(breakdown, value), ballots);
  }
  for (const contest of election.contests) {
    const names = choices.get(contest.id) ?? [];
    const known = names.every((name) => contest.candidates.some((candidate) => candidate.id === name));
    const list = known ? names.join(',') : UNKNOWN_LIST;
    for (const [breakdown, value] of rows) add(tally.cells, cellKey(contest.id, breakdown, value, list), ballots);
  }
  for (const contest of choices.keys()) {
    if (!election.contests.some(({ id }) => id === contest)) tally.strays += ballots;
  }
}

type Row = readonly [breakdown: string, value: string];

function rowsOf(election: Election, place: string, cohort: string): Row[] {
  const rows: Row[] = [[TOTAL, TOTAL]];
  for (const dimensions of election.breakdowns) {
    rows.push([dimensions.join('/'), breakdownValue(dimensions, place, cohort, election.cohorts)]);
  }
  return rows;
}
