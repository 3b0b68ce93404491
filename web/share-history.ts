import { colourOf } from './colour.ts';
import { shortNames } from './headline.ts';
import type { Looked } from './state.ts';

export interface ShareLine {
  readonly name: string;
  readonly colour: string;
  /** 0 … 1, one a point of the history; undefined before the first valid ballot. */
  readonly shares: readonly (number | undefined)[];
}

/** The leaders' shares of the valid ballots, in the points of the history. None while there are fewer than two points. */
export function shareLines({ contest, snapshot, at }: Pick<Looked, 'contest' | 'snapshot' | 'at'>): ShareLine[] {
  const history = snapshot.rates.history.contests[at];
  if (history === undefined || history.valid.filter((ballots) => ballots > 0).length < 2) return [];
  const name = shortNames(contest);
  return history.candidates.map((index, line) => ({
    name: name(index),
    colour: colourOf(contest.candidates[index] ?? {}, index),
    shares: history.valid.map((ballots, point) =>
      ballots === 0 ? undefined : (history.votes[line]?.[point] ?? 0) / ballots,
    ),
  }));
}
