import { describe, expect, it } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { DEMO_FILE, loadElection } from '../../app/load-election.ts';
import type { Election } from '../../election/election.ts';
import { ballotSpace, cohortIds, leaves } from '../../election/space.ts';
import { createDraws } from '../seeded-draws.ts';
import { createLeanings } from './leanings.ts';
import { createTurnout } from './turnout.ts';
import { sampleUnits, valuesOfUnit } from './unit-sample.ts';

/** A simulated electorate as expected numbers: no ballot is drawn. */
function expected(election: Election, share: number, seed = 'x') {
  const space = ballotSpace(election);
  const sample = sampleUnits(election, space);
  const turnout = createTurnout(election, space, sample, share, createDraws(`t${seed}`));
  const leanings = createLeanings(election, space, sample, turnout, createDraws(`l${seed}`));
  /** Votes by candidate of the units whose place or cohort fits, as shares of all people. */
  const votes = (fits: (place: string, cohort: string) => boolean): number[] => {
    const sums = election.contests[0]!.candidates.map(() => 0);
    for (const [at, unit] of sample.units.entries()) {
      const cohortCount = space.cohorts.length;
      if (!fits(space.places[Math.floor(unit / cohortCount)]!, space.cohorts[unit % cohortCount]!)) continue;
      const cumulative = leanings.cumulative(0, unit);
      cumulative.forEach((sum, candidate) => {
        const own = sum - (candidate === 0 ? 0 : cumulative[candidate - 1]!);
        sums[candidate]! += sample.weights[at]! * turnout(unit) * own;
      });
    }
    return sums;
  };
  const people = (fits: (cohort: string) => boolean): number =>
    sample.units.reduce(
      (sum, unit, at) => sum + (fits(space.cohorts[unit % space.cohorts.length]!) ? sample.weights[at]! : 0),
      0,
    );
  return { space, votes, people };
}

/** Running sums of the shares that the seed gives to candidates without strengths, where nobody leans. */
function strengthsAlone(election: Election): Float64Array {
  const straight = { ...election, simulation: { ...election.simulation, lean: 0 } };
  const space = ballotSpace(straight);
  return createLeanings(straight, space, sampleUnits(straight, space), () => 1, createDraws('large')).cumulative(0, 0);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => left + right, 0);
}

describe('the demo', async () => {
  const demo = await loadElection(DEMO_FILE);

  it('[V26] each candidate gets the share of their strength: the leaders end one to four points apart', () => {
    for (const seed of ['a', 'b', 'c']) {
      const votes = expected(demo, 0.66, seed).votes(() => true);
      const shares = votes.map((sum) => (100 * sum) / total(votes));
      [40, 38, 13, 9].forEach((strength, at) => expect(shares[at]).toBeCloseTo(strength, 1));
    }
  });

  it('[V26] the lead changes by place: both leaders have at least a quarter of the places', () => {
    for (const seed of ['a', 'b', 'c']) {
      const { votes, space } = expected(demo, 0.66, seed);
      const leaders = space.places.map((place) => {
        const here = votes((where) => where === place);
        return here.indexOf(Math.max(...here));
      });
      for (const candidate of [0, 1])
        expect(leaders.filter((leader) => leader === candidate).length).toBeGreaterThan(12);
    }
  });

  it('[V26] without any lean all places are alike', () => {
    const { votes, space } = expected({ ...demo, simulation: { ...demo.simulation, lean: 0 } }, 0.66);
    for (const place of space.places) {
      const here = votes((where) => where === place);
      expect(here[0]! / total(here)).toBeCloseTo(0.4, 6);
    }
  });

  it.each([0.1, 0.5, 0.66, 0.95])('[V25] a turnout of %d is that of the whole; older people vote more', (share) => {
    const { votes, people } = expected(demo, share);
    expect(total(votes(() => true))).toBeCloseTo(share, 4);
    const byAge = demo.cohorts[0]!.values.slice(0, 6).map(({ id }) => {
      const fits = (cohort: string): boolean => cohort.startsWith(`${id}|`);
      return total(votes((_, cohort) => fits(cohort))) / people(fits);
    });
    expect(byAge).toEqual([...byAge].sort((left, right) => left - right));
    expect(byAge[5]! - byAge[0]!).toBeGreaterThan(0.04);
  });
});

describe('other elections', () => {
  it('[V26] without strengths the race is close', () => {
    const votes = expected(smallElection(), 0.7).votes(() => true);
    for (const sum of votes) expect(sum / total(votes)).toBeCloseTo(1 / 3, 1);
  });

  it('[V26] who has strength 0 gets nothing, who has none is as strong as the weakest', () => {
    const small = smallElection();
    const strong = (strengths: readonly (number | undefined)[]): Election => {
      const [contest, ...others] = small.contests;
      const candidates = contest!.candidates.map((candidate, at) => ({ ...candidate, strength: strengths[at] }));
      return { ...small, contests: [{ ...contest!, candidates }, ...others] };
    };
    expect(expected(strong([3, 1, 0]), 1).votes(() => true)).toEqual([expect.closeTo(0.75), expect.closeTo(0.25), 0]);
    expect(expected(strong([3, 1, undefined]), 1).votes(() => true)).toEqual([
      expect.closeTo(0.6),
      expect.closeTo(0.2),
      expect.closeTo(0.2),
    ]);
  });

  it('[V26] a large election is fitted by units from all over it', () => {
    const places = Array.from({ length: 700 }, (_, at) => ({ id: `p${at}`, name: 'P' }));
    const election = smallElection({ places, cohorts: [...smallElection().cohorts, wide] });
    const space = ballotSpace(election);
    const sample = sampleUnits(election, space);
    const leanings = createLeanings(election, space, sample, () => 1, createDraws('large'));
    const units = space.places.length * space.cohorts.length;
    expect(sample.units.length).toBeLessThan(units);
    const sums = [0, 0, 0];
    for (let unit = 0; unit < units; unit++) {
      leanings.cumulative(0, unit).forEach((sum, at) => (sums[at]! += sum / units));
    }
    const fitted = strengthsAlone(election);
    for (const at of [0, 1, 2]) expect(sums[at]).toBeCloseTo(fitted[at]!, 2);
  });

  it('[V25] finds the values of a unit as the roll numbers them', () => {
    const election = smallElection({ cohorts: [...smallElection().cohorts, wide] });
    const space = ballotSpace(election);
    const cohorts = cohortIds(election.cohorts);
    for (let unit = 0; unit < leaves(election.places).length * cohorts.length; unit++) {
      const values = valuesOfUnit(election, space, unit);
      const ids = values.map((value, attribute) => election.cohorts[attribute]!.values[value]!.id);
      expect(ids.join('|')).toBe(cohorts[unit % cohorts.length]);
    }
  });
});

const wide = { id: 'wide', name: 'Wide', values: Array.from({ length: 7 }, (_, at) => ({ id: `w${at}`, name: 'W' })) };
