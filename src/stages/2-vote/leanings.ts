import type { Contest, Election } from '../../election/election.ts';
import type { BallotSpace } from '../../election/space.ts';
import type { Draws } from '../seeded-draws.ts';
import { placeOfUnit, valuesOfUnit, type UnitSample } from './unit-sample.ts';

/** Cohorts lean less than places: the map should be mixed, and no age band decided before it votes. */
const ATTRIBUTE_LEAN = 0.6;
/** Each turn removes most of what is left of the error. */
const TURNS = 12;

/** Who would vote how: for each contest and unit the running sums of the candidates' shares, up to 1. */
export interface Leanings {
  cumulative(contest: number, unit: number): Float64Array;
}

/**
 * Seeded leanings: every place and every cohort favours some candidates, and over all the people who vote each
 * candidate gets the share of its strength. So the places differ while the whole stays the race that the file says.
 */
export function createLeanings(
  election: Election,
  space: BallotSpace,
  sample: UnitSample,
  turnout: (unit: number) => number,
  draws: Draws,
): Leanings {
  const voters = {
    units: sample.units,
    weights: sample.weights.map((weight, at) => weight * turnout(sample.units[at]!)),
  };
  const contests = election.contests.map((contest, at) => fitted(contest, at));

  function fitted(contest: Contest, contestAt: number): (unit: number) => Float64Array {
    const targets = strengthsOf(contest, contestAt, draws);
    const shifts = shiftsOf(election, space, contest, contestAt, draws);
    const levels = targets.map(Math.log);
    const shares = (unit: number): Float64Array => softmax(levels, shifts(unit));
    for (let turn = 0; turn < TURNS; turn++) {
      const means = meanShares(voters, shares, levels.length);
      levels.forEach((level, at) => {
        if (targets[at]! > 0 && means[at]! > 0) levels[at] = level + Math.log(targets[at]! / means[at]!);
      });
    }
    return (unit) => runningSums(shares(unit));
  }

  return { cumulative: (contest, unit) => contests[contest]!(unit) };
}

/** Shares of 1. Without any strengths it is a close race; whoever has none is as strong as the weakest. */
function strengthsOf({ candidates }: Contest, contestAt: number, draws: Draws): number[] {
  const given = candidates.flatMap(({ strength }) => strength ?? []);
  const none = given.every((strength) => strength === 0);
  const weights = candidates.map(({ strength = Math.min(...given) }, at) =>
    none ? 0.9 + 0.2 * draws.unit(at, contestAt) : strength,
  );
  const sum = weights.reduce((left, right) => left + right, 0);
  return weights.map((weight) => weight / sum);
}

/** What place and cohort add to each candidate's log-odds. */
function shiftsOf(
  election: Election,
  space: BallotSpace,
  { candidates }: Contest,
  contestAt: number,
  draws: Draws,
): (unit: number) => Float64Array {
  const { lean } = election.simulation;
  const drawn = (row: number, weight: number): number[] =>
    candidates.map((_, at) => weight * bell(draws, row, (contestAt * candidates.length + at + 1) * 2));
  // rows below 2^20 are places; each attribute has rows of its own above
  const ofPlaces = space.places.map((_, at) => drawn(at, lean));
  const ofValues = election.cohorts.map(({ values }, attribute) =>
    values.map((_, at) => drawn(((attribute + 1) << 20) + at, lean * ATTRIBUTE_LEAN)),
  );
  return (unit) => {
    const sums = Float64Array.from(ofPlaces[placeOfUnit(space, unit)]!);
    valuesOfUnit(election, space, unit).forEach((value, attribute) => {
      ofValues[attribute]![value]!.forEach((shift, at) => (sums[at]! += shift));
    });
    return sums;
  };
}

/** Normally distributed, by Box and Muller. */
function bell(draws: Draws, index: number, field: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draws.unit(index, field)));
  return radius * Math.cos(2 * Math.PI * draws.unit(index, field + 1));
}

function softmax(levels: readonly number[], shifts: Float64Array): Float64Array {
  const shares = shifts.map((shift, at) => Math.exp(levels[at]! + shift));
  const sum = shares.reduce((left, right) => left + right, 0);
  return shares.map((share) => share / sum);
}

function meanShares({ units, weights }: UnitSample, shares: (unit: number) => Float64Array, count: number): number[] {
  const sums = Array.from({ length: count }, () => 0);
  let whole = 0;
  units.forEach((unit, at) => {
    whole += weights[at]!;
    shares(unit).forEach((share, candidate) => (sums[candidate]! += weights[at]! * share));
  });
  return sums.map((sum) => (whole > 0 ? sum / whole : 0));
}

function runningSums(shares: Float64Array): Float64Array {
  let sum = 0;
  return shares.map((share) => (sum += share));
}
