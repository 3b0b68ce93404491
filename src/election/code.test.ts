import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVotingCodes } from './code.ts';
import type { Serial } from './ids.ts';

const key = Buffer.alloc(32, 7);
const codes = createVotingCodes('demo', key);
const serials = fc.integer({ min: 0, max: 0xffff_ffff }).map((serial) => serial as Serial);
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The bits of a code, by plain big numbers. */
function bitsOf(code: string): bigint {
  return Array.from(code.replaceAll('-', '')).reduce(
    (bits, letter) => bits * 32n + BigInt(LETTERS.indexOf(letter)),
    0n,
  );
}

test('[R4] a code is 20 letters of Crockford base32 in groups of five: serial, 64 bits of HMAC-SHA-256, check bits', () => {
  fc.assert(
    fc.property(serials, (serial) => {
      const code = codes.codeOf(serial);
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/);
      const bits = bitsOf(code);
      expect(bits >> 68n).toBe(BigInt(serial));
      const mac = createHmac('sha256', key).update(`livetally voting code\ndemo\n${serial}`).digest('hex').slice(0, 16);
      expect((bits >> 4n) & 0xffff_ffff_ffff_ffffn).toBe(BigInt(`0x${mac}`));
      let rest = (bits >> 4n) << 4n; // the remainder of a division by x⁴ + x + 1, the long way
      for (let at = 99n; at >= 4n; at--) if ((rest >> at) & 1n) rest ^= 0b10011n << (at - 4n);
      expect(bits & 15n).toBe(rest);
      expect(codes.read(code)).toEqual({ serial });
    }),
  );
});

test('[R4] reading forgives case, spaces, dashes, I and L for 1, O for 0', () => {
  for (let serial = 0; serial < 200; serial++) {
    const code = codes.codeOf(serial as Serial);
    expect(codes.read(code.toLowerCase().replaceAll('-', ''))).toEqual({ serial });
    expect(codes.read(` ${code.split('').join(' ')}\n`)).toEqual({ serial });
    expect(codes.read(code.replaceAll('1', 'l').replaceAll('0', 'o'))).toEqual({ serial });
    expect(codes.read(code.replaceAll('1', 'I').replaceAll('0', 'O'))).toEqual({ serial });
  }
});

test.each([
  '',
  'ABC',
  '00000-00000-00000-0000',
  '00000-00000-00000-000000',
  '00000-00000-00000-0000U',
  '0'.repeat(20) + '!',
  ' '.repeat(80),
])('[R4] %j is malformed', (text) => {
  expect(codes.read(text)).toEqual({ why: 'malformed' });
});

test('[R4] a wrong letter is nearly always known as mistyped, and never reads as a serial', () => {
  let mistyped = 0;
  let slips = 0;
  for (let serial = 0; serial < 10; serial++) {
    const code = codes.codeOf(serial as Serial);
    for (let at = 0; at < code.length; at++) {
      if (code[at] === '-') continue;
      for (const letter of LETTERS) {
        if (letter === code[at]) continue;
        const reading = codes.read(code.slice(0, at) + letter + code.slice(at + 1));
        expect(reading).not.toHaveProperty('serial');
        slips += 1;
        if ('why' in reading && reading.why === 'mistyped') mistyped += 1;
      }
    }
  }
  expect(mistyped / slips).toBeGreaterThan(0.95);
});

test('[R4] a code of another election or another key is not ours', () => {
  const serial = 77 as Serial;
  expect(createVotingCodes('other', key).read(codes.codeOf(serial))).toEqual({ why: 'not-ours' });
  expect(createVotingCodes('demo', Buffer.alloc(32, 8)).read(codes.codeOf(serial))).toEqual({ why: 'not-ours' });
});
