import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Serial } from './ids.ts';

/**
 * A voting code: the right to one ballot, as 20 characters in groups of five, such as `0004T-9QZ3M-…`.
 *
 *     32 bits serial │ 64 bits HMAC-SHA-256 over election and serial │ 4 bits check
 *
 * Whoever has the key can verify a code, so no table of credentials exists. A guess is right once in 2^64. The check
 * bits tell a slip of the pen from a code of another election; they protect nothing.
 */
export interface VotingCodes {
  codeOf(serial: Serial): string;
  /** Forgives what people do when they copy: lower case, I and L for 1, O for 0, spaces and dashes anywhere. */
  read(text: string): CodeReading;
}

/** `malformed`: not 20 such characters · `mistyped`: the check bits are wrong · `not-ours`: another election, or forged. */
export type CodeReading = { readonly serial: Serial } | { readonly why: 'malformed' | 'mistyped' | 'not-ours' };

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford's: no I, L, O, U
const LENGTH = 20;
const SERIAL_BYTES = 4;
const MAC_BYTES = 8;
const LONGEST_TEXT = 64; // room for spaces and dashes; nobody types more

const VALUE_OF = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));

export function createVotingCodes(electionId: string, key: Uint8Array): VotingCodes {
  /** The serial and its authentication, before the check bits. */
  function signed(serial: number): Buffer {
    const bytes = Buffer.alloc(SERIAL_BYTES + MAC_BYTES);
    bytes.writeUInt32BE(serial);
    const mac = createHmac('sha256', key).update(`livetally voting code\n${electionId}\n${serial}`).digest();
    mac.copy(bytes, SERIAL_BYTES, 0, MAC_BYTES);
    return bytes;
  }

  return {
    codeOf: (serial) => spell(signed(serial)),
    read(text) {
      const values = valuesOf(text);
      if (values === undefined) return { why: 'malformed' };
      const { bytes, check } = unpack(values);
      if (check !== checkBits(bytes)) return { why: 'mistyped' };
      const serial = bytes.readUInt32BE();
      return timingSafeEqual(bytes, signed(serial)) ? { serial: serial as Serial } : { why: 'not-ours' };
    },
  };
}

function valuesOf(text: string): number[] | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  const values = Array.from(letters, (letter) => VALUE_OF.get(letter));
  return values.length === LENGTH && values.every((value) => value !== undefined) ? values : undefined;
}

function spell(bytes: Uint8Array): string {
  let code = '';
  let held = 0;
  let bits = 0;
  const put = (value: number, width: number): void => {
    held = (held << width) | value;
    bits += width;
    while (bits >= 5) {
      bits -= 5;
      if (code.length % 6 === 5) code += '-';
      code += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  };
  for (const byte of bytes) put(byte, 8);
  put(checkBits(bytes), 4);
  return code;
}

function unpack(values: readonly number[]): { bytes: Buffer; check: number } {
  const bytes = Buffer.alloc(SERIAL_BYTES + MAC_BYTES);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const value of values) {
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8 && at < bytes.length) {
      bits -= 8;
      bytes[at++] = held >>> bits;
    }
    held &= (1 << bits) - 1;
  }
  return { bytes, check: held };
}

/** CRC-4 by the polynomial x⁴ + x + 1: finds 30 of the 31 ways to mistype a character, 15 of 16 other slips. */
function checkBits(bytes: Uint8Array): number {
  let check = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = ((check >>> 3) ^ (byte >>> bit)) & 1;
      check = ((check << 1) & 15) ^ (carry === 1 ? 0b0011 : 0);
    }
  }
  return check;
}
