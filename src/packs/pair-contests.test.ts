import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairContests } from './pair-contests.ts';

test('[I4] choices of the contests are laid side by side', () => {
  const first = [
    [['spd'], 3],
    [['cdu'], 2],
  ] as const;
  const second = [
    [['spd'], 2],
    [['fdp'], 0],
    [['cdu'], 2],
  ] as const;
  expect(pairContests([first, second])).toEqual([
    { choices: [['spd'], ['spd']], count: 2 },
    { choices: [['spd'], ['cdu']], count: 1 },
    { choices: [['cdu'], ['cdu']], count: 1 },
    { choices: [['cdu'], undefined], count: 1 },
  ]);
});

test('[I4] the margins come out as they went in, whatever they are', () => {
  const margin = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', ''), fc.nat(9)), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(margin, { minLength: 1, maxLength: 4 }), (margins) => {
      const paired = pairContests(
        margins.map((lists) => lists.map(([name, count]) => [name === '' ? [] : [name], count] as const)),
      );
      const sizes = margins.map((lists) => lists.reduce((sum, [, count]) => sum + count, 0));
      expect(paired.reduce((sum, { count }) => sum + count, 0)).toBe(Math.max(...sizes));
      for (const [contest, lists] of margins.entries()) {
        const spread = lists.flatMap(([name, count]) => Array.from({ length: count }, () => name));
        const got = paired.flatMap(({ choices, count }) =>
          Array.from({ length: count }, () => choices[contest]?.join()),
        );
        expect(got.slice(0, spread.length)).toEqual(spread);
        expect(got.slice(spread.length).every((list) => list === undefined)).toBe(true);
      }
    }),
  );
});
