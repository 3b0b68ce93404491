import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ContestText } from '../src/stages/4-publish/view.ts';
import { ratesOf } from './rates.ts';
import { spread } from './spread.ts';
import { stackOf, standingOf } from './standing.ts';

function contestOf(size: number): ContestText {
  const candidates = Array.from({ length: size }, (_, at) => ({ id: `c${at}`, name: `Name ${at}` }));
  return { id: 'x', title: 'x', method: 'plurality', candidates };
}

test('[H18] candidates are ranked by votes; equal ones stay in the order of the ballot', () => {
  const { ranked, leaders, lead } = standingOf(contestOf(4), { votes: [3, 9, 3, 9], valid: 24 });
  expect(ranked.map(({ index }) => index)).toEqual([1, 3, 0, 2]);
  expect([leaders, lead]).toEqual([2, 0]);
  expect(ranked[0]?.share).toBe(9 / 24);
});

test('[H18] the parts of a bar add up to a whole, however many candidates there are', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 1, maxLength: 40 }), (votes) => {
      const valid = votes.reduce((sum, number) => sum + number, 0);
      const parts = stackOf(standingOf(contestOf(votes.length), { votes, valid }));
      if (valid === 0) {
        expect(parts).toEqual([]);
        return;
      }
      expect(parts.length).toBeLessThanOrEqual(6);
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    }),
  );
});

test('[H18] labels at the ends of lines never touch, and stay in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 5 }), (heights) => {
      const spaced = spread(heights, 15).sort((one, other) => one - other);
      spaced.slice(1).forEach((height, at) => expect(height - spaced[at]!).toBeGreaterThanOrEqual(15));
    }),
  );
  expect(spread([10, 100], 15)).toEqual([10, 100]);
  expect(spread([100, 99], 15)).toEqual([100, 85]);
});

test('[H18] a rate is of the time between two points', () => {
  expect(ratesOf({ at: [0, 1000, 3000, 3000], lines: [0, 50, 250, 300] })).toEqual([
    { at: 1000, perSecond: 50 },
    { at: 3000, perSecond: 100 },
  ]);
});
