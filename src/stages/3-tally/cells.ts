/** Numbers of one slot, side by side so that they are in the cache together: row, column, count, and one to fill up. */
const SLOT = 4;
const COLUMN = 1;
const COUNT = 2;

/**
 * HOT PATH. Counts by (row, column), both small numbers, in an open-addressing table: rows are choice lists, columns the
 * values of all breakdowns. Sparse, since ranked contests have many lists that few ballots hold.
 */
export class Cells {
  /** A slot is free while its count is 0. */
  #slots = new Uint32Array(SLOT << 10);
  #size = 0;

  increment(row: number, column: number): void {
    const slot = this.#find(row, column);
    if (this.#slots[slot + COUNT]!++ > 0) return;
    this.#slots[slot] = row;
    this.#slots[slot + COLUMN] = column;
    if (++this.#size * 2 * SLOT > this.#slots.length) this.#grow();
  }

  *entries(): Generator<readonly [row: number, column: number, count: number]> {
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += SLOT) {
      const count = slots[slot + COUNT]!;
      if (count > 0) yield [slots[slot]!, slots[slot + COLUMN]!, count];
    }
  }

  /** Sets a cell that is free, as read from a snapshot. */
  set(row: number, column: number, count: number): void {
    this.increment(row, column);
    this.#slots[this.#find(row, column) + COUNT] = count;
  }

  #find(row: number, column: number): number {
    const slots = this.#slots;
    const mask = slots.length - SLOT;
    const hash = Math.imul(row, 0x9e37_79b1 | 0) + Math.imul(column, 0x85eb_ca6b | 0);
    let slot = ((hash ^ (hash >>> 16)) << 2) & mask;
    while (slots[slot + COUNT]! > 0 && (slots[slot] !== row || slots[slot + COLUMN] !== column)) {
      slot = (slot + SLOT) & mask;
    }
    return slot;
  }

  #grow(): void {
    const full = this.#slots;
    this.#slots = new Uint32Array(full.length * 2);
    for (let from = 0; from < full.length; from += SLOT) {
      if (full[from + COUNT] === 0) continue;
      const to = this.#find(full[from]!, full[from + COLUMN]!);
      this.#slots.set(full.subarray(from, from + SLOT), to);
    }
  }
}
