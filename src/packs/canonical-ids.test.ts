import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalId, createIds } from './canonical-ids.ts';

test.each([
  ['Flensburg – Schleswig', 'Flensburg-Schleswig'],
  ['Höxter – Gütersloh III (Süd)', 'Hoexter-Guetersloh-III-Sued'],
  ['U.S. House 1', 'US-House-1'],
  ["O'Neill Charlotte/Édouard", 'ONeill-Charlotte-Edouard'],
  ['CHI-6-7', 'CHI-6-7'],
  ['漢字', 'none'],
])('[I11] the id of %s is %s', (words, id) => {
  expect(canonicalId(words)).toBe(id);
});

test('[I11] two keys of the same words get ids of their own, in the order of asking', () => {
  const ids = createIds();
  expect([ids('a', 'Essex'), ids('b', 'Essex!'), ids('a', 'Essex'), ids('c', 'essex')]).toEqual([
    'Essex',
    'Essex-2',
    'Essex',
    'essex',
  ]);
});

test('[I11] every id fits a ballot, and no two keys share one', () => {
  const words = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 90 }),
    fc.constantFrom('a'.repeat(64), 'a'.repeat(70), 'none', 'none-2'),
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20 }), (keys) => {
      const ids = createIds();
      const made = keys.map((text, key) => ids(String(key), text));
      expect(new Set(made).size).toBe(keys.length);
      for (const id of made) expect(id).toMatch(/^[A-Za-z0-9._|+-]{1,64}$/);
    }),
  );
});
