import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Arena } from './arena.ts';

/** The least that can be compared. */
const WORD_BYTES = 4;

const segments = fc.array(fc.uint8Array({ minLength: WORD_BYTES, maxLength: 40 }), {
  minLength: 1,
  maxLength: 30,
});

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

it('[T1] what is kept equals itself, and nothing that differs in a byte', () => {
  fc.assert(
    fc.property(segments, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, by) => {
      const arena = new Arena();
      const starts = all.map((bytes) => arena.add(viewOf(bytes), 0, bytes.length));
      all.forEach((bytes, index) => {
        expect(arena.equals(starts[index]!, viewOf(bytes), 0, bytes.length)).toBe(true);
        const other = Uint8Array.from(bytes);
        other[at % other.length]! ^= by;
        expect(arena.equals(starts[index]!, viewOf(other), 0, other.length)).toBe(false);
      });
    }),
  );
});

it('[T1] keeps what it has while it grows', () => {
  const arena = new Arena();
  const bytes = Uint8Array.from({ length: 5000 }, (_, at) => at % 251);
  const starts = Array.from({ length: 20 }, () => arena.add(viewOf(bytes), 0, bytes.length));
  for (const start of starts) expect(arena.equals(start, viewOf(bytes), 0, bytes.length)).toBe(true);
});
