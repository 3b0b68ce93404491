import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { UNKNOWN_LIST } from '../../election/tally.ts';
import { Lists } from './lists.ts';

const { contests } = smallElection();
const known = fc.constantFrom(...contests).chain(({ id, candidates }) => {
  const name = fc.constantFrom(...candidates.map((candidate) => candidate.id));
  return fc.tuple(fc.constant(id), fc.array(name, { maxLength: 9, size: 'max' }));
});
const strange = fc.tuple(
  fc.constantFrom('mayor', 'parks', 'zed', '__proto__'),
  fc.array(fc.constantFrom('ann', 'oak', '__proto__'), { maxLength: 3 }),
);
const list: fc.Arbitrary<[string, string[]]> = fc.oneof({ weight: 9, arbitrary: known }, strange);
const many = fc.array(list, { maxLength: 1500, size: 'max' });

/** How a list is told from others: in plain words. */
function keyOf([id, names]: readonly [string, readonly string[]]): string | undefined {
  const known = contests.find((own) => own.id === id)?.candidates.map((candidate) => candidate.id);
  if (known === undefined) return undefined;
  return `${id} ${names.every((name) => known.includes(name)) ? names.join(',') : UNKNOWN_LIST}`;
}

describe('lists', () => {
  it('[T5] have one number each, as in a Map, also while they grow', () => {
    fc.assert(
      fc.property(many, (some) => {
        const lists = new Lists(contests);
        const plain = new Map<string, number>();
        for (const [number, { id }] of contests.entries()) plain.set(`${id} `, number);
        for (const one of some) {
          const key = keyOf(one);
          if (key !== undefined && !plain.has(key)) plain.set(key, plain.size);
          expect(lists.numberOf(...one)).toBe(key === undefined ? undefined : plain.get(key));
        }
        expect(lists.size).toBe(plain.size);
        for (const [key, number] of plain) {
          expect(`${lists.contestId(number)} ${lists.text(number)}`).toBe(key);
          expect(lists.isUnknown(number)).toBe(key.endsWith(` ${UNKNOWN_LIST}`));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('[T9] are restored in any order', () => {
    fc.assert(
      fc.property(many, (some) => {
        const before = new Lists(contests);
        for (const one of some) before.numberOf(...one);
        const after = new Lists(contests);
        for (let number = before.size - 1; number >= 0; number--) {
          after.restore(before.contestId(number), before.text(number));
        }
        expect(after.size).toBe(before.size);
        for (const one of some.filter((one) => keyOf(one) !== undefined)) {
          const number = after.numberOf(...one)!;
          expect(`${after.contestId(number)} ${after.text(number)}`).toBe(keyOf(one));
        }
      }),
      { numRuns: 30 },
    );
  });
});
