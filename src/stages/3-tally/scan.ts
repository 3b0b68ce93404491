import { unitIndex, unitOfSerial, type Roll } from '../../election/roll.ts';
import { LINE_BYTES, matchLine, readChoices } from '../../topics/ballots.ts';
import { ChoiceSegments } from './choice-segments.ts';
import type { Lists } from './lists.ts';
import { UnitSegments } from './unit-segments.ts';

/** `{"serial":` in little-endian words. */
const SERIAL_0 = 0x6573_227b;
const SERIAL_4 = 0x6c61_6972;
const SERIAL_8 = 0x3a22;
const HEAD_BYTES = 10;
const ZERO = 0x30;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** `]`, which ends a choice segment, in all four bytes of a word. */
const BRACKETS = 0x5d5d_5d5d;
/** Bytes that may be read past the end of a record. */
const ROOM_BEHIND = 16;

export const NO_UNIT = -1;

/**
 * HOT PATH. Reads ballot lines by recognising their segments:
 *
 *     {"serial":123456,"place":"US-CA","cohort":"25-34|f","choices":{"president":["rivera"]}}
 *                     └─ of the serial's unit, by the roll ────────┘└─ of a choice list ──┘
 *
 * A segment is known only after the grammar has accepted a line that holds it, so the scanner never judges form
 * itself: what it does not know whole goes to the grammar. Its twin in the tests is the grammar alone.
 */
export class Scanner {
  /** Lines of all records so far, this one included. */
  linesRead = 0;
  /** Of the line just read. */
  serial = 0;
  /** The unit that the roll gives the serial, and the one that the line names; NO_UNIT when there is none. */
  ownUnit: number = NO_UNIT;
  namedUnit: number = NO_UNIT;
  /** Choice lists of the line, one a contest, as numbers of lists.ts: the first `lists` of them, once `readLists` has run. */
  readonly listIds: Int32Array = new Int32Array(LINE_BYTES);
  lists = 0;
  /** Choices in contests that the election does not have; also by `readLists`. */
  strays = 0;

  readonly #roll: Roll;
  readonly #known: Lists;
  readonly #units: UnitSegments;
  readonly #choices = new ChoiceSegments();
  /** By contest: the line that last held it. A contest twice is not in canonical form. */
  readonly #contestSeenAt: Float64Array;

  /** The record being read, with room behind it, so that a word can be read at any byte of it. */
  #bytes = Buffer.alloc(1 << 19);
  #view = viewOf(this.#bytes);
  #at = 0;
  #end = 0;
  /** Of the choice segment that `#choiceEnd` found. */
  #hash = 0;
  /** Choices of the line just read that only the grammar has read so far, and where they start. */
  #unread: string | undefined;
  #unreadAt = 0;

  constructor(roll: Roll, known: Lists) {
    this.#roll = roll;
    this.#known = known;
    this.#units = new UnitSegments(roll.eligible.length);
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
    this.#unread = undefined;
    return this.#recognise() || this.#ask();
  }

  /** Asked for apart, of lines that count: a list met for the first time takes room, and those others send are without end. */
  readLists(): void {
    if (this.#unread !== undefined) this.#readUnread(readChoices(this.#unread), this.#unreadAt, this.#at - 1);
  }

  /** Skips the next line unread. */
  skip(): void {
    this.linesRead++;
    this.#at = this.#lineEnd() + 1;
  }

  #recognise(): boolean {
    const start = this.#at;
    // The line may end here at the latest: inside the record, and within its longest.
    const limit = Math.min(this.#end, start + LINE_BYTES);
    let at = this.#serialEnd(start);
    if (at < 0) return false;
    const own = unitOfSerial(this.#roll, this.serial);
    if (own < 0) return false;
    at = this.#units.endAt(own, this.#view, at, limit);
    if (at < 0) return false;
    at = this.#choicesEnd(at, limit);
    if (at < 0 || at > limit || (at < this.#end && this.#view.getUint8(at) !== LINE_FEED)) return false;
    this.ownUnit = own;
    this.namedUnit = own;
    this.strays = 0;
    this.#at = at + 1;
    return true;
  }

  /** Reads the serial. Whatever is odd about it (no digit, a leading zero, past 2^32) is for the grammar: -1. */
  #serialEnd(start: number): number {
    const view = this.#view;
    if (view.getInt32(start, true) !== SERIAL_0 || view.getInt32(start + 4, true) !== SERIAL_4) return -1;
    if (view.getInt16(start + 8, true) !== SERIAL_8) return -1;
    const first = start + HEAD_BYTES;
    let at = first;
    let serial = 0;
    for (let digit = view.getUint8(at) - ZERO; digit >= 0 && digit <= 9; digit = view.getUint8(++at) - ZERO) {
      serial = serial * 10 + digit;
    }
    const digits = at - first;
    if (digits === 0 || digits > 10 || serial > 0xffff_ffff) return -1;
    if (digits > 1 && view.getUint8(first) === ZERO) return -1;
    this.serial = serial;
    return at;
  }

  /** Reads `"contest":["name"],…}}` or `}}`; one past it, or -1. */
  #choicesEnd(start: number, limit: number): number {
    const view = this.#view;
    let at = start;
    this.lists = 0;
    if (view.getUint8(at) === CLOSE_BRACE) at++;
    else {
      for (;;) {
        const end = this.#choiceEnd(at, limit);
        const list = this.#choices.find(view, at, end - at, this.#hash);
        if (list < 0 || end > limit || this.#seen(list)) return -1;
        this.listIds[this.lists++] = list;
        const sign = view.getUint8(end);
        at = end + 1;
        if (sign === CLOSE_BRACE) break;
        if (sign !== COMMA) return -1;
      }
    }
    return view.getUint8(at) === CLOSE_BRACE ? at + 1 : -1;
  }

  /** One past the next `]`, or `limit`; and the hash of the bytes up to there. */
  #choiceEnd(start: number, limit: number): number {
    const view = this.#view;
    let hash = 0x2545_f491;
    for (let at = start; at < limit; at += 4) {
      const word = view.getInt32(at, true);
      const different = word ^ BRACKETS;
      // The lowest set bit marks the first byte that equals the sign.
      const found = (different - 0x0101_0101) & ~different & 0x8080_8080;
      if (found !== 0) {
        const last = (31 - Math.clz32(found & -found)) >>> 3;
        this.#hash = finish(mix(hash, (word << (8 * (3 - last))) ^ last));
        return at + last + 1;
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

  /** The grammar judges the line. The unit that it names is recognised from then on; so are its lists, once read. */
  #ask(): boolean {
    const start = this.#at;
    const end = this.#lineEnd();
    this.#at = end + 1;
    const line = matchLine(this.#bytes.toString('latin1', start, end));
    if (line === undefined) return false;

    this.serial = line.serial;
    this.ownUnit = unitOfSerial(this.#roll, line.serial);
    this.namedUnit = unitIndex(this.#roll.space, line.place, line.cohort) ?? NO_UNIT;
    const unitStart = start + HEAD_BYTES + String(line.serial).length;
    const choicesStart = this.#bytes.indexOf(OPEN_BRACE, unitStart) + 1;
    if (this.namedUnit !== NO_UNIT) this.#units.add(this.namedUnit, this.#view, unitStart, choicesStart);
    this.#unread = line.choices;
    this.#unreadAt = choicesStart;
    return true;
  }

  #readUnread(choices: ReadonlyMap<string, readonly string[]>, start: number, limit: number): void {
    this.lists = 0;
    this.strays = 0;
    let at = start;
    for (const [contest, names] of choices) {
      const end = this.#choiceEnd(at, limit);
      const list = this.#known.numberOf(contest, names);
      if (list === undefined) this.strays++;
      else {
        this.listIds[this.lists++] = list;
        if (!this.#known.isUnknown(list)) this.#learn(at, end, list);
      }
      at = end + 1;
    }
  }

  /** `#hash` is that of the segment. */
  #learn(start: number, end: number, list: number): void {
    if (this.#choices.find(this.#view, start, end - start, this.#hash) >= 0) return;
    this.#choices.add(this.#view, start, end - start, this.#hash, list);
  }

  #lineEnd(): number {
    const found = this.#bytes.indexOf(LINE_FEED, this.#at);
    return found < 0 || found > this.#end ? this.#end : found;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Mixes one word in. */
function mix(hash: number, word: number): number {
  return Math.imul(hash ^ word, 0x9e37_79b1 | 0);
}

/** The high bits are the well mixed ones; the table takes the low. */
function finish(hash: number): number {
  return hash ^ (hash >>> 15);
}
