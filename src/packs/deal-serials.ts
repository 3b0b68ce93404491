import { EXTENT_SIZE } from '../election/ids.ts';
import { unitIndex, type Roll } from '../election/roll.ts';
import type { Draws } from '../stages/seeded-draws.ts';
import type { PackUnit } from './pack.ts';

/** Serials `first … first + count - 1`. */
export interface SerialRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Deals the serials of one unit in an order that looks shuffled and needs no memory: steps of a fixed length around
 * the ring of its serials, a length that has no divisor in common with their number and so visits each once. The same
 * seed deals the same, so that a replay that is run again sends the same ballots, and the count sees repeats.
 */
export class Dealer {
  readonly #ranges: readonly SerialRange[];
  readonly #serials: number;
  readonly #step: number;
  #at: number;

  constructor(ranges: readonly SerialRange[], unit: number, draws: Draws) {
    this.#ranges = ranges;
    this.#serials = ranges.reduce((sum, { count }) => sum + count, 0);
    this.#step = coprimeNear(this.#serials, GOLDEN * this.#serials);
    this.#at = draws.below(this.#serials, unit, 0);
  }

  /** Decimal digits of every serial of the unit, or 0 when they differ or there is none. */
  get digits(): number {
    const [first] = this.#ranges;
    if (first === undefined) return 0;
    const digits = digitsOf(first.first);
    const same = this.#ranges.every((range) => digitsOf(range.first) === digits && digitsOf(lastOf(range)) === digits);
    return same ? digits : 0;
  }

  /** The next serial; not asked for more often than there are serials. */
  next(): number {
    this.#at += this.#step;
    if (this.#at >= this.#serials) this.#at -= this.#serials;
    let within = this.#at;
    for (const { first, count } of this.#ranges) {
      if (within < count) return first + within;
      within -= count;
    }
    throw new Error('A dealer ran past its serials.');
  }
}

/** A step of this share of a ring leaves no two of the last visits close together. */
const GOLDEN = 0.618_033_988_75;

/** The nearest number at or above `wanted` that shares no divisor with `count`: every number is visited once. */
export function coprimeNear(count: number, wanted: number): number {
  let step = Math.max(1, Math.floor(wanted));
  while (divisor(step, count) !== 1) step++;
  return step;
}

function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}

function digitsOf(serial: number): number {
  return String(serial).length;
}

function lastOf({ first, count }: SerialRange): number {
  return first + count - 1;
}

/** Which serials the roll has issued to each unit of a pack, in the pack's order. */
export function issuedRanges(roll: Roll, units: readonly PackUnit[]): SerialRange[][] {
  const byUnit = new Map<number, SerialRange[]>();
  for (let extent = 0; extent < roll.extents; extent++) {
    const unit = roll.unitOfExtent[extent]! - 1;
    if (unit < 0) continue;
    const ranges = byUnit.get(unit) ?? [];
    byUnit.set(unit, ranges);
    const first = extent * EXTENT_SIZE;
    const count = roll.issuedInExtent[extent]!;
    const before = ranges.at(-1);
    if (before !== undefined && before.first + before.count === first) {
      ranges[ranges.length - 1] = { first: before.first, count: before.count + count };
    } else ranges.push({ first, count });
  }
  return units.map(({ place, cohort }) => byUnit.get(unitIndex(roll.space, place, cohort)!) ?? []);
}
