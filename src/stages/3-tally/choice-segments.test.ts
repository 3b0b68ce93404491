import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChoiceSegments } from './choice-segments.ts';

/** The bytes of a text, as far into their buffer as asked. */
function viewOf(text: string, before = 0): DataView {
  const bytes = Buffer.alloc(before + text.length + 16, 'x');
  bytes.write(text, before, 'latin1');
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const segment = fc.string({ unit: fc.constantFrom(...'ab,"'), minLength: 4, maxLength: 12 });
/** Few hashes, so that most segments collide; negative ones too. */
const HASHES = [0, -1, 0x7fff_ffff, -0x8000_0000, 511];

describe('choice segments', () => {
  it('[T1] are found by their bytes as in a Map, also while they grow and where hashes collide', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 1500, size: 'max' }), fc.nat(9), (some, before) => {
        const segments = new ChoiceSegments();
        const plain = new Map<string, number>();
        const hashOf = (text: string): number => HASHES[text.length % HASHES.length]! ^ (text.charCodeAt(1) << 20);
        const find = (text: string): number => segments.find(viewOf(text, before), before, text.length, hashOf(text));
        for (const text of some) {
          expect(find(text)).toBe(plain.get(text) ?? -1);
          if (plain.has(text)) continue;
          plain.set(text, plain.size * 7);
          segments.add(viewOf(text), 0, text.length, hashOf(text), plain.get(text)!);
        }
        for (const [text, list] of plain) expect(find(text)).toBe(list);
      }),
      { numRuns: 25 },
    );
  });

  it('[T13] are forgotten once they have taken their bytes', () => {
    const segments = new ChoiceSegments();
    const length = 4000;
    const most = Math.floor(ChoiceSegments.MOST_BYTES / length);
    const textOf = (number: number): string => String(number).padStart(length, '0');
    for (let number = 0; number <= most; number++) segments.add(viewOf(textOf(number)), 0, length, number, number);
    const found = [0, most - 1, most].map((number) => segments.find(viewOf(textOf(number)), 0, length, number));
    expect(found).toEqual([0, most - 1, -1]);
  });
});
