import { unitIndex } from '../../election/roll.ts';
import type { BallotSpace } from '../../election/space.ts';
import { LINE_BYTES, matchLine, readChoices } from '../../topics/ballots.ts';
import type { Lists } from './lists.ts';
import { finish, HASH_SEED, mix, Segments } from './segments.ts';

/** `{"serial":` in little-endian words. */
const SERIAL_0 = 0x6573_227b;
const SERIAL_4 = 0x6c61_6972;
const SERIAL_8 = 0x3a22;
const ZERO = 0x30;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CLOSE_BRACE = 0x7d;
/** `{` and `]`, which end a segment, in all four bytes of a word. */
const BRACE_WORD = 0x7b7b_7b7b;
const BRACKET_WORD = 0x5d5d_5d5d;
/** Bytes that may be read past the end of a record. */
const ROOM_BEHIND = 16;

export const NO_UNIT = -1;

/**
 * HOT PATH. Reads ballot lines by recognising segments: `,"place":…,"choices":{` and, for each contest, `"contest":[…]`.
 * A segment is known only after the grammar has accepted a line that holds it, so that the scanner never judges form
 * itself: what it does not know whole goes to the grammar. Its twin in the tests is the grammar alone.
 */
export class Scanner {
  /** Lines of all records so far, this one included. */
  linesRead = 0;
  /** Of the line just read. */
  serial = 0;
  /** The line's place and cohort as a number of roll.ts; NO_UNIT when the election has no such pair. */
  unit = 0;
  /** Choice lists of the line, one a contest, as numbers of lists.ts: the first `lists` of them. */
  readonly listIds: Int32Array = new Int32Array(LINE_BYTES);
  lists = 0;
  /** Choices in contests that the election does not have. */
  strays = 0;

  readonly #space: BallotSpace;
  readonly #known: Lists;
  readonly #units = new Segments();
  readonly #choices = new Segments();
  /** By contest: the line that last held it. A contest twice is not in canonical form. */
  readonly #contestSeenAt: Float64Array;

  /** The record being read, with room behind it, so that a word can be read at any byte of it. */
  #bytes = Buffer.alloc(1 << 19);
  #view = viewOf(this.#bytes);
  #at = 0;
  #end = 0;

  constructor(space: BallotSpace, known: Lists) {
    this.#space = space;
    this.#known = known;
    this.#contestSeenAt = new Float64Array(known.contests);
  }

  /** Starts a record. Copies it: 256 kB take some 20 µs. */
  open(record: Uint8Array): void {
    if (record.length + ROOM_BEHIND > this.#bytes.length) {
      this.#bytes = Buffer.alloc(record.length * 2 + ROOM_BEHIND);
      this.#view = viewOf(this.#bytes);
    }
    this.#bytes.set(record);
    this.#bytes.fill(LINE_FEED, record.length, record.length + ROOM_BEHIND);
    this.#at = 0;
    this.#end = record.length;
  }

  get atEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Reads the next line into the fields above. False: not in canonical form. */
  next(): boolean {
    this.linesRead++;
    return this.#recognise() || this.#ask();
  }

  /** Skips the next line unread. */
  skip(): void {
    this.linesRead++;
    this.#at = this.#lineEnd() + 1;
  }

  #recognise(): boolean {
    const view = this.#view;
    const start = this.#at;
    const limit = Math.min(this.#end, start + LINE_BYTES + 1);
    if (view.getInt32(start, true) !== SERIAL_0 || view.getInt32(start + 4, true) !== SERIAL_4) return false;
    if (view.getInt16(start + 8, true) !== SERIAL_8) return false;

    let at = start + 10;
    let serial = 0;
    let digit = view.getUint8(at) - 48;
    while (digit >= 0 && digit <= 9) {
      serial = serial * 10 + digit;
      digit = view.getUint8(++at) - 48;
    }
    const digits = at - start - 10;
    // Eleven digits, a leading zero, none at all, or past 2^32: the grammar says what it is.
    if (digits === 0 || digits > 10 || serial > 0xffff_ffff) return false;
    if (digits > 1 && view.getUint8(start + 10) === ZERO) return false;

    let end = this.#segmentEnd(at, limit, BRACE_WORD);
    const unit = this.#units.find(view, at, end - at, this.#hash);
    if (unit < 0) return false;
    at = end;

    this.lists = 0;
    if (view.getUint8(at) === CLOSE_BRACE) {
      at++;
    } else {
      for (;;) {
        end = this.#segmentEnd(at, limit, BRACKET_WORD);
        const list = this.#choices.find(view, at, end - at, this.#hash);
        if (list < 0 || this.#seen(list)) return false;
        this.listIds[this.lists++] = list;
        const sign = view.getUint8(end);
        at = end + 1;
        if (sign === CLOSE_BRACE) break;
        if (sign !== COMMA) return false;
      }
    }
    if (view.getUint8(at) !== CLOSE_BRACE) return false;
    at++;
    // The end of the line lies inside the record, and is a line feed or the end of the record.
    if (at > limit || (at < this.#end && view.getUint8(at) !== LINE_FEED)) return false;
    if (at - start > LINE_BYTES) return false;

    this.serial = serial;
    this.unit = unit;
    this.strays = 0;
    this.#at = at + 1;
    return true;
  }

  /** Hash of the segment that `#segmentEnd` found. */
  #hash = 0;

  /** One past the next `sign`, or `limit`; the sign comes as a word that repeats it four times. */
  #segmentEnd(start: number, limit: number, sign: number): number {
    const view = this.#view;
    let hash = HASH_SEED;
    let at = start;
    for (; at < limit; at += 4) {
      const word = view.getInt32(at, true);
      const different = word ^ sign;
      // The lowest set bit marks the first byte that equals the sign.
      const found = (different - 0x0101_0101) & ~different & 0x8080_8080;
      if (found !== 0) {
        const bytes = (31 - Math.clz32(found & -found)) >>> 3;
        this.#hash = finish(mix(hash, (word << (8 * (3 - bytes))) ^ bytes));
        return at + bytes + 1;
      }
      hash = mix(hash, word);
    }
    this.#hash = finish(hash);
    return limit;
  }

  #seen(list: number): boolean {
    const contest = this.#known.contestOf(list);
    if (this.#contestSeenAt[contest] === this.linesRead) return true;
    this.#contestSeenAt[contest] = this.linesRead;
    return false;
  }

  /** The grammar judges the line; what it accepts, and the election knows, is recognised from then on. */
  #ask(): boolean {
    const start = this.#at;
    const end = this.#lineEnd();
    this.#at = end + 1;
    if (end - start > LINE_BYTES) return false;
    const line = matchLine(this.#bytes.toString('latin1', start, end));
    if (line === undefined) return false;

    this.serial = line.serial;
    this.unit = unitIndex(this.#space, line.place, line.cohort) ?? NO_UNIT;
    const head = start + 10 + String(line.serial).length;
    if (this.unit !== NO_UNIT) this.#learn(this.#units, head, BRACE_WORD, this.unit);
    this.#askChoices(readChoices(line.choices), this.#segmentEnd(head, end, BRACE_WORD), end);
    return true;
  }

  #askChoices(choices: ReadonlyMap<string, readonly string[]>, start: number, end: number): void {
    this.lists = 0;
    this.strays = 0;
    let at = start;
    for (const [contest, names] of choices) {
      const list = this.#known.numberOf(contest, names);
      if (list === undefined) this.strays++;
      else {
        this.listIds[this.lists++] = list;
        if (!this.#known.isUnknown(list)) this.#learn(this.#choices, at, BRACKET_WORD, list);
      }
      at = this.#segmentEnd(at, end, BRACKET_WORD) + 1;
    }
  }

  #learn(segments: Segments, start: number, sign: number, value: number): void {
    const end = this.#segmentEnd(start, this.#end, sign);
    if (segments.find(this.#view, start, end - start, this.#hash) < 0) {
      segments.add(this.#view, start, end - start, this.#hash, value);
    }
  }

  #lineEnd(): number {
    const found = this.#bytes.indexOf(LINE_FEED, this.#at);
    return found < 0 || found > this.#end ? this.#end : found;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
