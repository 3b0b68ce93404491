import type { Election } from '../../election/election.ts';
import type { BallotSpace } from '../../election/space.ts';
import type { Draws } from '../seeded-draws.ts';
import { placeOfUnit, valuesOfUnit, type UnitSample } from './unit-sample.ts';

/** The oldest are this much more likely to vote than the youngest, in log-odds. */
const AGE_SPREAD = 1.4;
const PLACE_SPREAD = 0.3;
/** Halvings of the search for the level: far finer than any share shown. */
const STEPS = 40;

/** How likely the people of a unit are to vote: older more, places a little apart, and `share` of all of them. */
export function createTurnout(
  election: Election,
  space: BallotSpace,
  sample: UnitSample,
  share: number,
  draws: Draws,
): (unit: number) => number {
  if (share <= 0 || share >= 1) return () => share;
  const ages = ageShifts(election);
  const shift = (unit: number): number => {
    const values = valuesOfUnit(election, space, unit);
    const place = PLACE_SPREAD * (draws.unit(placeOfUnit(space, unit), 0) - 0.5);
    return ages.reduce((sum, byValue, attribute) => sum + byValue[values[attribute]!]!, place);
  };
  const shifts = sample.units.map(shift);
  const level = levelFor(share, shifts, sample.weights);
  return (unit) => chance(level + shift(unit));
}

/** By attribute and value; 0 for what says nothing about age. */
function ageShifts(election: Election): number[][] {
  return election.cohorts.map(({ values }) => {
    const bands = values.filter((value) => value.ages !== undefined).sort((a, b) => a.ages![0] - b.ages![0]);
    return values.map((value) => {
      const rank = bands.indexOf(value);
      return rank < 0 || bands.length < 2 ? 0 : AGE_SPREAD * (rank / (bands.length - 1) - 0.5);
    });
  });
}

/** The log-odds to which the shifts are added so that the mean chance is the share. */
function levelFor(share: number, shifts: readonly number[], weights: readonly number[]): number {
  let low = -30;
  let high = 30;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    const mean = shifts.reduce((sum, shift, at) => sum + weights[at]! * chance(middle + shift), 0);
    if (mean < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function chance(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
