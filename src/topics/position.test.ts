import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPosition, parsePosition } from './position.ts';

describe('position', () => {
  it('[T11] reads back as it is written', () => {
    const offset = fc.nat({ max: 10 ** 12 });
    fc.assert(
      fc.property(offset, fc.array(offset, { minLength: 1, maxLength: 20 }), (events, ballots) => {
        expect(parsePosition(formatPosition({ events, ballots }))).toEqual({ events, ballots });
      }),
    );
  });

  it.each(['', 'events:1', '0:1 1:2', 'events:1 1:2', 'events:1 0:-1', 'events:x 0:1', 'events:1 0:1 2:1'])(
    '[T11] refuses %j',
    (text) => {
      expect(parsePosition(text)).toBeUndefined();
    },
  );
});
