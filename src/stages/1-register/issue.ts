import { randomInt } from 'node:crypto';
import { EXTENT_BITS, EXTENT_SIZE, MAX_SERIAL, type Serial } from '../../election/ids.ts';
import { unitIndex, type IssuedRun, type Roll } from '../../election/roll.ts';
import type { BallotSpace } from '../../election/space.ts';
import { LivetallyError } from '../../error.ts';

const EXTENTS = (MAX_SERIAL + 1) / EXTENT_SIZE;

/**
 * Which serials an issue hands out, by unit: first the rest of the unit's open extents, then fresh ones. Reads the
 * roll only; the runs count once they are durable in `events`. Throws LT_USAGE when no serials are left.
 */
export function allocate(roll: Roll, wanted: ReadonlyMap<number, number>): IssuedRun[] {
  const open = openExtents(roll, wanted);
  const runs: IssuedRun[] = [];
  let fresh = roll.extents;
  // in the order of units, so that the order in which people came does not show
  for (const unit of [...wanted.keys()].sort((one, other) => one - other)) {
    let left = wanted.get(unit)!;
    const { place, cohort } = idsOfUnit(roll, unit);
    for (const extent of open.get(unit) ?? []) {
      const within = roll.issuedInExtent[extent]!;
      const count = Math.min(left, EXTENT_SIZE - within);
      if (count > 0) runs.push([extent * EXTENT_SIZE + within, count, place, cohort]);
      left -= count;
    }
    if (left > 0) runs.push([fresh * EXTENT_SIZE, left, place, cohort]);
    fresh += Math.ceil(left / EXTENT_SIZE);
  }
  if (fresh > EXTENTS) throw outOfSerials();
  return runs;
}

/**
 * Serials for people, given their units in order: the serials of the runs, shuffled within each unit, so that who
 * registered next to whom says nothing about their serials. `taken` are dealt already and stay out.
 */
export function deal(
  space: BallotSpace,
  runs: readonly IssuedRun[],
  units: readonly number[],
  taken: ReadonlySet<number> = new Set(),
  randomBelow: (limit: number) => number = randomInt,
): Serial[] {
  const hands = new Map<number, Serial[]>();
  for (const [first, count, place, cohort] of runs) {
    const unit = unitIndex(space, place, cohort)!;
    const hand = hands.get(unit) ?? [];
    hands.set(unit, hand);
    for (let serial = first; serial < first + count; serial++) if (!taken.has(serial)) hand.push(serial as Serial);
  }
  return units.map((unit) => drawFrom(hands.get(unit)!, randomBelow));
}

/** How many people each unit has. */
export function countUnits(units: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const unit of units) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return counts;
}

/** Takes one out of a hand: a step of the Fisher-Yates shuffle. */
function drawFrom(hand: Serial[], randomBelow: (limit: number) => number): Serial {
  const at = randomBelow(hand.length);
  const drawn = hand[at]!;
  hand[at] = hand.at(-1)!;
  hand.pop();
  return drawn;
}

function openExtents(roll: Roll, wanted: ReadonlyMap<number, number>): Map<number, number[]> {
  const open = new Map<number, number[]>();
  for (let extent = 0; extent < roll.extents; extent++) {
    const unit = roll.unitOfExtent[extent]! - 1;
    if (unit < 0 || roll.issuedInExtent[extent] === EXTENT_SIZE || !wanted.has(unit)) continue;
    const extents = open.get(unit);
    if (extents === undefined) open.set(unit, [extent]);
    else extents.push(extent);
  }
  return open;
}

function idsOfUnit(roll: Roll, unit: number): { place: string; cohort: string } {
  const { places, cohorts } = roll.space;
  return { place: places[Math.floor(unit / cohorts.length)]!, cohort: cohorts[unit % cohorts.length]! };
}

function outOfSerials(): LivetallyError {
  return new LivetallyError('LT_USAGE', `An election has ${MAX_SERIAL + 1} serials, and these people need more.`, {
    next: `Register fewer people, or declare fewer places and cohorts: each pair of them reserves ${1 << EXTENT_BITS} at a time.`,
  });
}
