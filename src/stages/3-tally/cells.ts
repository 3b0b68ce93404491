/**
 * HOT PATH. Counts by (row, column), both small numbers, in an open-addressing table of typed arrays: rows are choice
 * lists, columns the values of all breakdowns. Sparse, since ranked contests have many lists that few ballots hold.
 */
export class Cells {
  #rows = new Uint32Array(1 << 10);
  #columns = new Uint32Array(1 << 10);
  /** 0: the slot is free. */
  #counts = new Uint32Array(1 << 10);
  #size = 0;

  increment(row: number, column: number): void {
    const slot = this.#slotOf(row, column);
    if (this.#counts[slot]!++ > 0) return;
    this.#rows[slot] = row;
    this.#columns[slot] = column;
    if (++this.#size * 2 > this.#counts.length) this.#grow();
  }

  *entries(): Generator<readonly [row: number, column: number, count: number]> {
    for (let slot = 0; slot < this.#counts.length; slot++) {
      if (this.#counts[slot]! > 0) yield [this.#rows[slot]!, this.#columns[slot]!, this.#counts[slot]!];
    }
  }

  /** Sets a cell that is free, as read from a snapshot. */
  set(row: number, column: number, count: number): void {
    this.increment(row, column);
    this.#counts[this.#slotOf(row, column)] = count;
  }

  #slotOf(row: number, column: number): number {
    const mask = this.#counts.length - 1;
    const hash = Math.imul(row, 0x9e37_79b1 | 0) + Math.imul(column, 0x85eb_ca6b | 0);
    let slot = (hash ^ (hash >>> 16)) & mask;
    while (this.#counts[slot]! > 0 && (this.#rows[slot] !== row || this.#columns[slot] !== column))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const full = [...this.entries()];
    const length = this.#counts.length * 2;
    this.#rows = new Uint32Array(length);
    this.#columns = new Uint32Array(length);
    this.#counts = new Uint32Array(length);
    for (const [row, column, count] of full) {
      const slot = this.#slotOf(row, column);
      this.#rows[slot] = row;
      this.#columns[slot] = column;
      this.#counts[slot] = count;
    }
  }
}
