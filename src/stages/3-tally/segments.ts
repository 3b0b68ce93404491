/**
 * HOT PATH. Byte strings that the grammar has accepted before, each with a number to stand for it: the scanner
 * recognises them again by their bytes, four at a time, and asks the grammar about anything else.
 *
 * All bytes lie in one arena; `slots` is an open-addressing table of segment numbers. At most MOST segments are
 * kept, so that hostile ballots take no room.
 */
export class Segments {
  /** A word; the least that the grammar allows, `"a":[]`, has six bytes. */
  static readonly LEAST_BYTES = 4;
  static readonly MOST: number = 1 << 18;

  #arena = new DataView(new ArrayBuffer(1 << 16));
  #arenaEnd = 0;
  #slots = new Int32Array(1 << 10).fill(-1);
  #hashes = new Int32Array(1 << 9);
  #starts = new Int32Array(1 << 9);
  #lengths = new Int32Array(1 << 9);
  #values = new Int32Array(1 << 9);
  #size = 0;

  /** The value of the segment with these bytes, or -1. `hash` is `hashSegment` of them. */
  find(bytes: DataView, start: number, length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const segment = this.#slots[slot]!;
      if (segment < 0) return -1;
      if (this.#hashes[segment] === hash && this.#lengths[segment] === length && this.#equal(segment, bytes, start)) {
        return this.#values[segment]!;
      }
    }
  }

  /** Remembers a segment that is not there yet. Does nothing once the table is full. */
  add(bytes: DataView, start: number, length: number, hash: number, value: number): void {
    if (this.#size === Segments.MOST || length < Segments.LEAST_BYTES) return;
    this.#makeRoom(length);
    const segment = this.#size++;
    for (let at = 0; at < length; at++) this.#arena.setUint8(this.#arenaEnd + at, bytes.getUint8(start + at));
    this.#hashes[segment] = hash;
    this.#starts[segment] = this.#arenaEnd;
    this.#lengths[segment] = length;
    this.#values[segment] = value;
    this.#arenaEnd += length;
    this.#place(segment);
  }

  #equal(segment: number, bytes: DataView, start: number): boolean {
    const arena = this.#arena;
    const own = this.#starts[segment]!;
    const lastWord = this.#lengths[segment]! - 4;
    for (let at = 0; at < lastWord; at += 4) {
      if (arena.getInt32(own + at, true) !== bytes.getInt32(start + at, true)) return false;
    }
    // The last word overlaps the one before it unless the length is a multiple of four.
    return arena.getInt32(own + lastWord, true) === bytes.getInt32(start + lastWord, true);
  }

  #place(segment: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[segment]! & mask;
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = segment;
  }

  #makeRoom(length: number): void {
    if (this.#arenaEnd + length > this.#arena.byteLength) {
      const arena = new Uint8Array(2 * this.#arena.byteLength + length);
      arena.set(new Uint8Array(this.#arena.buffer));
      this.#arena = new DataView(arena.buffer);
    }
    if (this.#size < this.#hashes.length) return;
    this.#hashes = doubled(this.#hashes);
    this.#starts = doubled(this.#starts);
    this.#lengths = doubled(this.#lengths);
    this.#values = doubled(this.#values);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let segment = 0; segment < this.#size; segment++) this.#place(segment);
  }
}

export const HASH_SEED = 0x2545_f491;

/** Mixes one word in. */
export function mix(hash: number, word: number): number {
  return Math.imul(hash ^ word, 0x9e37_79b1 | 0);
}

/** The high bits are the well mixed ones; the table takes the low. */
export function finish(hash: number): number {
  return hash ^ (hash >>> 15);
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
