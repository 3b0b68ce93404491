import { Arena } from './arena.ts';

/**
 * HOT PATH. `"contest":[…]` of every choice list that the grammar has accepted and the election knows, with the number
 * of the list: found again by their bytes. `slots` is an open-addressing table of segment numbers. At most MOST, and
 * MOST_BYTES, are kept, so that ballots made to differ take no room; they are counted all the same, by the grammar.
 */
export class ChoiceSegments {
  static readonly MOST: number = 1 << 18;
  /** A segment can have 4 kB, so that MOST alone would allow a gigabyte. */
  static readonly MOST_BYTES: number = 1 << 25;

  readonly #arena = new Arena();
  #slots = new Int32Array(1 << 10).fill(-1);
  #hashes = new Int32Array(1 << 9);
  #starts = new Int32Array(1 << 9);
  #lengths = new Int32Array(1 << 9);
  #lists = new Int32Array(1 << 9);
  #size = 0;

  /** The list whose segment has these bytes, or -1. `hash` is that of the bytes, whatever the function. */
  find(bytes: DataView, start: number, length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const segment = this.#slots[slot]!;
      if (segment < 0) return -1;
      if (this.#hashes[segment] !== hash || this.#lengths[segment] !== length) continue;
      if (this.#arena.equals(this.#starts[segment]!, bytes, start, length)) return this.#lists[segment]!;
    }
  }

  /** Remembers a segment that is not there yet. Does nothing once the table is full. */
  add(bytes: DataView, start: number, length: number, hash: number, list: number): void {
    if (this.#size === ChoiceSegments.MOST || this.#arena.size + length > ChoiceSegments.MOST_BYTES) return;
    if (this.#size === this.#hashes.length) this.#grow();
    const segment = this.#size++;
    this.#hashes[segment] = hash;
    this.#lengths[segment] = length;
    this.#lists[segment] = list;
    this.#starts[segment] = this.#arena.add(bytes, start, length);
    this.#place(segment);
  }

  #place(segment: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[segment]! & mask;
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = segment;
  }

  #grow(): void {
    this.#hashes = doubled(this.#hashes);
    this.#starts = doubled(this.#starts);
    this.#lengths = doubled(this.#lengths);
    this.#lists = doubled(this.#lists);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let segment = 0; segment < this.#size; segment++) this.#place(segment);
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
