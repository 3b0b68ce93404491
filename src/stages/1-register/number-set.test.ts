import { expect, test } from 'vitest';
import { createNumberSet } from './number-set.ts';
import { createRowBits } from './row-bits.ts';

test('[R12] the fingerprints know what was added, through growth, and nothing else', () => {
  const numbers = createNumberSet();
  const plain = new Set<string>();
  let random = 1;
  for (let at = 0; at < 200_000; at++) {
    random = (random * 48_271) % 2_147_483_647;
    const number = `N-${random % 150_000}`;
    if (numbers.add(number) === plain.has(number)) throw new Error(`wrong about ${number}`);
    plain.add(number);
  }
});

test('[R12] row bits hold the rows added and no others', () => {
  const bits = createRowBits();
  const rows = new Set([2, 3, 9, 8191, 8192, 100_003]);
  for (const row of rows) bits.add(row);
  for (let row = 0; row < 100_100; row++) if (bits.has(row) !== rows.has(row)) throw new Error(`row ${row}`);
  expect(bits.has(4e9)).toBe(false);
});
