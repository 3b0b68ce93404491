/** A set of row numbers, a bit for each row of the file. */
export interface RowBits {
  add(row: number): void;
  has(row: number): boolean;
}

export function createRowBits(): RowBits {
  let bytes = new Uint8Array(1024);
  return {
    add(row) {
      const at = row >>> 3;
      if (at >= bytes.length) {
        const more = new Uint8Array(Math.max(at + 1, bytes.length * 2));
        more.set(bytes);
        bytes = more;
      }
      bytes[at]! |= 1 << (row & 7);
    },
    has: (row) => (((bytes[row >>> 3] ?? 0) >>> (row & 7)) & 1) === 1,
  };
}
