import type { Election } from '../election/election.ts';
import { EXTENT_SIZE, MAX_SERIAL, type Serial } from '../election/ids.ts';
import { unitIndex } from '../election/roll.ts';
import { ballotSpace } from '../election/space.ts';
import { ballotLine, matchLine } from '../topics/ballots.ts';
import { ballotsOf, choicesOf, type PackUnit } from './pack.ts';

const EXTENTS = (MAX_SERIAL + 1) / EXTENT_SIZE;

/**
 * Why these units cannot be replayed as this election, or undefined. Found here, it is said of the file; later it
 * would be a ballot that intake or the count refuses, halfway through a replay.
 */
export function misfitOf(election: Election, units: readonly PackUnit[]): string | undefined {
  const extents = units.reduce((sum, { eligible }) => sum + Math.ceil(eligible / EXTENT_SIZE), 0);
  if (extents > EXTENTS) return `its voters need more than the ${MAX_SERIAL + 1} serials of an election`;
  const space = ballotSpace(election);
  for (const unit of units) {
    const { place, cohort, eligible } = unit;
    if (unitIndex(space, place, cohort) === undefined) return `the election has no ${place} with ${cohort}`;
    if (ballotsOf(unit) > eligible) return `${place} with ${cohort} has more ballots than voters`;
    if (!hasOnlyLines(election, unit)) return `${place} with ${cohort} has choices that no ballot line can hold`;
  }
  return undefined;
}

function hasOnlyLines(election: Election, { place, cohort, ballots }: PackUnit): boolean {
  return ballots.every((some) => {
    const line = ballotLine(MAX_SERIAL as Serial, place, cohort, choicesOf(election, some));
    return matchLine(line) !== undefined;
  });
}
