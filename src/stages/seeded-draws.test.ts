import { expect, test } from 'vitest';
import { createDraws, cumulate } from './seeded-draws.ts';

test('[R1] a draw is the same whatever was drawn before it', () => {
  const forwards = createDraws(7);
  const backwards = createDraws(7);
  const places = Array.from({ length: 500 }, (_, index) => index);
  const seen = places.map((index) => forwards.unit(index, index % 5));
  const again = places.toReversed().map((index) => backwards.unit(index, index % 5));
  expect(again.toReversed()).toEqual(seen);
});

test('[R1] seeds, indexes and fields each change the draw; a number and its text are one seed', () => {
  const draws = createDraws(7);
  const some = [
    draws.unit(0, 0),
    draws.unit(1, 0),
    draws.unit(0, 1),
    createDraws(8).unit(0, 0),
    createDraws('').unit(0, 0),
  ];
  expect(new Set(some).size).toBe(some.length);
  expect(createDraws('7').unit(3, 4)).toBe(draws.unit(3, 4));
});

test.each([0, 1, 9])('[R1] draws of field %i spread evenly, also pairwise and next to another field', (field) => {
  const draws = createDraws('even');
  const people = 160_000;
  const cells = { alone: new Float64Array(16), follows: new Float64Array(16), beside: new Float64Array(16) };
  const four = (index: number, of: number): number => draws.below(4, index, of);
  for (let index = 0; index < people; index++) {
    cells.alone[draws.below(16, index, field)]! += 1;
    cells.follows[four(index, field) * 4 + four(index + 1, field)]! += 1;
    cells.beside[four(index, field) * 4 + four(index, field + 1)]! += 1;
  }
  // 10,000 expected a cell, standard deviation 97: five of them
  for (const counts of Object.values(cells))
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(485);
});

test('[R1] an item comes as often as its weight, and never with weight 0', () => {
  const draws = createDraws(1);
  const cumulative = cumulate([0, 3, 0, 1, 0]);
  const counts = [0, 0, 0, 0, 0];
  for (let index = 0; index < 40_000; index++) counts[draws.weighted(cumulative, index, 2)]! += 1;
  expect([counts[0], counts[2], counts[4]]).toEqual([0, 0, 0]);
  expect(Math.abs(counts[1]! - 30_000)).toBeLessThan(440);
});

test('[R1] every draw is at least 0 and below 1, also at the ends of the indexes', () => {
  const draws = createDraws(0);
  for (const index of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
    for (const field of [0, 63]) {
      const drawn = draws.unit(index, field);
      expect(drawn >= 0 && drawn < 1).toBe(true);
      expect(draws.below(3, index, field)).toBeLessThan(3);
    }
  }
});
