/**
 * Memory for the records of an append, used again by the next: new memory each time would cost as much as the copy
 * into it, and call the garbage collector every few dozen appends.
 */
export interface Scratch {
  take(bytes: number): Buffer;
  /** Once nobody reads it any more. */
  giveBack(memory: Buffer): void;
}

/** Holds a batch of the usual 256 kB with its heads. */
const PIECE_BYTES = 320 * 1024;
/** As many appends as usually are under way at once. */
const PIECES = 8;

export function createScratch(): Scratch {
  const spare: Buffer[] = [];
  return {
    take(bytes): Buffer {
      if (bytes > PIECE_BYTES) return Buffer.allocUnsafeSlow(bytes);
      return spare.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
    },
    giveBack(memory): void {
      if (memory.length === PIECE_BYTES && spare.length < PIECES) spare.push(memory);
    },
  };
}
