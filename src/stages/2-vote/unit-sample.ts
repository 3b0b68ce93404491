import type { Election } from '../../election/election.ts';
import { leaves, type BallotSpace } from '../../election/space.ts';

/** Some of the units, and how many of the people live in each, to fit the simulation to shares of the whole. */
export interface UnitSample {
  readonly units: readonly number[];
  /** They sum to 1. */
  readonly weights: readonly number[];
}

/** All units of most elections; of a large one enough for a share to be right to a fraction of a point. */
const UNITS = 4096;
const GOLDEN = (Math.sqrt(5) - 1) / 2; // its multiples spread evenly, whatever order places and cohorts have

export function sampleUnits(election: Election, space: BallotSpace): UnitSample {
  const total = space.places.length * space.cohorts.length;
  const units = Array.from({ length: Math.min(total, UNITS) }, (_, at) =>
    total <= UNITS ? at : Math.floor((((at + 1) * GOLDEN) % 1) * total),
  );
  const places = weightsOf(leaves(election.places).map((place) => place.population));
  const values = election.cohorts.map((attribute) => weightsOf(attribute.values.map((value) => value.share)));
  const raw = units.map((unit) =>
    valuesOfUnit(election, space, unit).reduce(
      (weight, value, attribute) => weight * values[attribute]![value]!,
      places[placeOfUnit(space, unit)]!,
    ),
  );
  const sum = raw.reduce((left, right) => left + right, 0);
  return { units, weights: raw.map((weight) => (sum > 0 ? weight / sum : 1 / raw.length)) };
}

export function placeOfUnit(space: BallotSpace, unit: number): number {
  return Math.floor(unit / space.cohorts.length);
}

/** By attribute: the number of the unit's value. The inverse of the order of `cohortIds`. */
export function valuesOfUnit(election: Election, space: BallotSpace, unit: number): number[] {
  let cohort = unit % space.cohorts.length;
  return election.cohorts
    .toReversed()
    .map(({ values }) => {
      const value = cohort % values.length;
      cohort = Math.floor(cohort / values.length);
      return value;
    })
    .toReversed();
}

/** As the seeded people are drawn: where none is given all weigh the same. */
function weightsOf(given: readonly (number | undefined)[]): number[] {
  const known = given.map((weight) => weight ?? 0);
  return known.some((weight) => weight > 0) ? known : given.map(() => 1);
}
