import { didYouMean } from '../election/did-you-mean.ts';
import { votesFor, type Precinct, type Results } from './openelections-results.ts';

/**
 * Joins a precinct that is spelled differently in some contests: Vermont's 2020 file says Turnbridge in seven and
 * Tunbridge in the eighth. Left apart, its ballots would count twice. Two precincts are taken for one when county and
 * code are the same, the towns are spelled nearly alike, no contest has both, and both have the same ballots.
 */
export function joinMisspelt(results: Results): { readonly results: Results; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const byMost = [...results.precincts].sort((left, right) => right.votes.size - left.votes.size);
  const joined = new Map(results.precincts.map((precinct) => [precinct.key, precinct]));
  for (const { key } of byMost.toReversed()) {
    // As it stands by now: it may have been joined with a third.
    const precinct = joined.get(key);
    if (precinct === undefined) continue;
    const twinKey = byMost.find((other) => other.key !== key && isTwin(results, joined.get(other.key), precinct))?.key;
    const twin = twinKey === undefined ? undefined : joined.get(twinKey);
    if (twin === undefined || twin.votes.size < precinct.votes.size) continue;
    joined.set(twin.key, { ...twin, votes: new Map([...twin.votes, ...precinct.votes]) });
    joined.delete(key);
    notes.push(
      `${precinct.town} (${precinct.county}, ${precinct.name}) is taken for ${twin.town}: ` +
        `it has results only where ${twin.town} has none, of the same ${ballotsIn(results, precinct)} ballots.`,
    );
  }
  return { results: { races: results.races, precincts: [...joined.values()] }, notes };
}

function isTwin(results: Results, one: Precinct | undefined, other: Precinct): boolean {
  if (one === undefined) return false;
  if (one.county !== other.county || one.name !== other.name || one.town === other.town) return false;
  if ([...one.votes.keys()].some((race) => other.votes.has(race))) return false;
  if (ballotsIn(results, one) !== ballotsIn(results, other)) return false;
  return didYouMean(one.town, [other.town]) !== undefined;
}

/** Ballots of the contest with the most. */
function ballotsIn({ races }: Results, precinct: Precinct): number {
  return Math.max(
    ...races.map((race) =>
      race.options
        .filter((option) => option.kind !== 'total')
        .reduce((sum, option) => sum + votesFor(precinct, race, option), 0),
    ),
  );
}
