/** HOT PATH. Byte strings kept for comparing, one behind the other in one growing buffer. */
export class Arena {
  #bytes = new DataView(new ArrayBuffer(1 << 14));
  #end = 0;

  get size(): number {
    return this.#end;
  }

  /** Keeps `source[start … start + length)`, and returns where. */
  add(source: DataView, start: number, length: number): number {
    if (this.#end + length > this.#bytes.byteLength) this.#grow(length);
    const own = this.#end;
    for (let at = 0; at < length; at++) this.#bytes.setUint8(own + at, source.getUint8(start + at));
    this.#end += length;
    return own;
  }

  /** Whether what is kept at `own` is `source[start … start + length)`; at least a word, as the shortest of the grammar, `"a":[]`, is. */
  equals(own: number, source: DataView, start: number, length: number): boolean {
    const bytes = this.#bytes;
    const lastWord = length - 4;
    for (let at = 0; at < lastWord; at += 4) {
      if (bytes.getInt32(own + at, true) !== source.getInt32(start + at, true)) return false;
    }
    // The last word overlaps the one before it unless the length is a multiple of four.
    return bytes.getInt32(own + lastWord, true) === source.getInt32(start + lastWord, true);
  }

  #grow(length: number): void {
    const larger = new Uint8Array(2 * this.#bytes.byteLength + length);
    larger.set(new Uint8Array(this.#bytes.buffer));
    this.#bytes = new DataView(larger.buffer);
  }
}
