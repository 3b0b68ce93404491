/**
 * Randomness that can be asked for in any order: a draw is a pure function of (seed, index, field), so that person or
 * ballot `index` is the same whatever was drawn before it, in whichever process. Not for secrets.
 */
export interface Draws {
  /** In [0, 1), in steps of 2^-32. `index` and `field` are integers of 0 … 2^32 - 1. */
  unit(index: number, field: number): number;
  /** An integer of 0 … limit - 1. */
  below(limit: number, index: number, field: number): number;
  /** The number of an item, as likely as its weight; `cumulative` is of `cumulate`. Weight 0 never comes. */
  weighted(cumulative: Float64Array, index: number, field: number): number;
}

const GOLDEN = 0x9e3779b9; // 2^32 / the golden ratio: neighbouring fields land far apart

/** The same for `7` and `'7'`: a seed from a command line is the one from code. */
export function createDraws(seed: string | number): Draws {
  const low = hashText(String(seed), 0);
  const high = hashText(String(seed), GOLDEN);

  function unit(index: number, field: number): number {
    const person = mix(index ^ low);
    return (mix(mix(person + Math.imul(field + 1, GOLDEN)) ^ high) >>> 0) / 2 ** 32;
  }

  return {
    unit,
    below: (limit, index, field) => Math.floor(unit(index, field) * limit),
    weighted: (cumulative, index, field) => firstAbove(cumulative, unit(index, field) * cumulative.at(-1)!),
  };
}

/** Running sums of weights, which need not sum to 1; at least one of them is above 0. */
export function cumulate(weights: readonly number[]): Float64Array {
  const cumulative = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, at) => (cumulative[at] = sum += weight));
  return cumulative;
}

function firstAbove(cumulative: Float64Array, drawn: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle]! > drawn) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A bijection of 32 bits in which each bit in touches each bit out; its constants are those of the `lowbias32` search. */
function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

function hashText(text: string, start: number): number {
  let hash = start | 0;
  for (let at = 0; at < text.length; at++) hash = mix(hash + text.charCodeAt(at) + 1);
  return hash;
}
