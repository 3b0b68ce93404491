import { hash } from 'node:crypto';

/**
 * Which registration numbers were seen, as fingerprints of 64 bits in a typed array: 8 bytes a slot, 9 to 19 bytes a
 * number. A Set of strings takes about ten times that and ends at 16.7 million entries.
 *
 * Two different numbers of 50 million share a fingerprint once in 15,000 rolls; the second one is then refused as a
 * duplicate and shows in the report, so that nothing is lost in silence.
 */
export interface NumberSet {
  /** False: it is in there already. */
  add(number: string): boolean;
}

const FIRST_SLOTS = 1 << 16;
const FULLEST = 0.85; // beyond it the search for a free slot gets long

export function createNumberSet(): NumberSet {
  let slots = new BigUint64Array(FIRST_SLOTS); // 0: free
  let used = 0;

  function add(number: string): boolean {
    if (used >= slots.length * FULLEST) slots = doubled(slots);
    const isNew = put(slots, fingerprint(number));
    if (isNew) used += 1;
    return isNew;
  }

  return { add };
}

function fingerprint(number: string): bigint {
  return hash('sha256', number, 'buffer').readBigUInt64LE() || 1n;
}

/** Linear probing, from the slot of the low bits on. */
function put(slots: BigUint64Array, print: bigint): boolean {
  const mask = slots.length - 1;
  let at = Number(BigInt.asUintN(32, print)) & mask;
  while (slots[at] !== 0n) {
    if (slots[at] === print) return false;
    at = (at + 1) & mask;
  }
  slots[at] = print;
  return true;
}

function doubled(slots: BigUint64Array): BigUint64Array<ArrayBuffer> {
  const more = new BigUint64Array(slots.length * 2);
  for (const print of slots) if (print !== 0n) put(more, print);
  return more;
}
