import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cells } from './cells.ts';

const small = fc.nat(7);
const large = fc.nat(1 << 20);
const cell = fc.tuple(fc.oneof(small, large), fc.oneof(small, large));

function countsOf(cells: Cells): Map<string, number> {
  const entries = [...cells.entries()].map(([row, column, count]): [string, number] => [`${row} ${column}`, count]);
  expect(new Set(entries.map(([key]) => key)).size).toBe(entries.length);
  return new Map(entries);
}

describe('cells', () => {
  it('[T2] count as a Map does, also while they grow', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 300 }), fc.integer({ min: 1, max: 30 }), (some, spread) => {
        const cells = new Cells();
        const plain = new Map<string, number>();
        for (let turn = 0; turn < spread; turn++) {
          for (const [row, column] of some) {
            cells.increment(row, column + turn);
            plain.set(`${row} ${column + turn}`, (plain.get(`${row} ${column + turn}`) ?? 0) + 1);
          }
        }
        expect(countsOf(cells)).toEqual(plain);
      }),
    );
  });

  it('[T9] are as they were when set in another order, up to a count of 2^32 - 1', () => {
    const counts = fc.uniqueArray(fc.tuple(cell, fc.integer({ min: 1, max: 0xffff_ffff })), {
      selector: ([[row, column]]) => `${row} ${column}`,
      maxLength: 2000,
      size: 'max',
    });
    fc.assert(
      fc.property(counts, (some) => {
        const cells = new Cells();
        for (const [[row, column], count] of some.toReversed()) cells.set(row, column, count);
        expect(countsOf(cells)).toEqual(new Map(some.map(([[row, column], count]) => [`${row} ${column}`, count])));
      }),
      { numRuns: 30 },
    );
  });
});
