import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INVALID_REASONS, OUTCOMES } from './ballot.ts';
import { emptyTally, merge, type Tally } from './tally.ts';

const number = fc.nat(1_000_000);
const counts = fc
  .dictionary(fc.constantFrom('place a', 'place b', 'cohort x'), number)
  .map((some) => new Map(Object.entries(some)));
function numbers<Key extends string>(keys: readonly Key[]): fc.Arbitrary<Record<Key, number>> {
  return fc
    .array(number, { minLength: keys.length, maxLength: keys.length })
    .map((all) => Object.fromEntries(keys.map((key, at) => [key, all[at]])) as Record<Key, number>);
}

const tallies: fc.Arbitrary<Tally> = fc.record({
  lines: number,
  outcomes: numbers(OUTCOMES),
  invalid: numbers(INVALID_REASONS),
  spent: number,
  strays: number,
  ballots: counts,
  cells: counts,
});

describe('merge', () => {
  it('[T10] is associative and commutative, and the empty tally is neutral', () => {
    fc.assert(
      fc.property(tallies, tallies, tallies, (one, two, three) => {
        expect(merge(merge(one, two), three)).toEqual(merge(one, merge(two, three)));
        expect(merge(one, two)).toEqual(merge(two, one));
        expect(merge(one, emptyTally())).toEqual(one);
      }),
    );
  });

  it('[T10] leaves what it adds as it was', () => {
    fc.assert(
      fc.property(tallies, tallies, (one, two) => {
        const before = structuredClone([one, two]);
        merge(one, two);
        expect([one, two]).toEqual(before);
      }),
    );
  });
});
