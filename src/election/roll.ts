import { EXTENT_BITS, EXTENT_SIZE, MAX_SERIAL } from './ids.ts';
import type { BallotSpace } from './space.ts';

/**
 * Serials `first … first + count - 1` issued to one place and cohort. It starts at a fresh extent, or where the last
 * issue to the same place and cohort stopped inside one.
 */
export type IssuedRun = readonly [first: number, count: number, place: string, cohort: string];

/** Who may vote, by extent: its unit (place and cohort), and how many of its serials are issued. About 6 bytes per 1,024 voters. */
export interface Roll {
  readonly space: BallotSpace;
  /** By extent: unit + 1, or 0 where nothing is issued. Grows; its length is not the number of extents. */
  unitOfExtent: Uint32Array;
  /** By extent: serials below this one, within the extent, are issued. */
  issuedInExtent: Uint16Array;
  /** By unit: serials issued. */
  readonly eligible: Float64Array;
  /** All serials issued. */
  total: number;
  /** The first extent never touched. */
  extents: number;
}

export function emptyRoll(space: BallotSpace): Roll {
  return {
    space,
    unitOfExtent: new Uint32Array(64),
    issuedInExtent: new Uint16Array(64),
    eligible: new Float64Array(space.places.length * space.cohorts.length),
    total: 0,
    extents: 0,
  };
}

/** Adds a run. Returns why it cannot be, and changes nothing then. */
export function issue(roll: Roll, run: IssuedRun): string | undefined {
  const [first, count, place, cohort] = run;
  const unit = unitIndex(roll.space, place, cohort);
  if (unit === undefined) return `no place ${place} with cohort ${cohort} in this election`;
  const refusal = refuseRun(roll, first, count, unit);
  if (refusal !== undefined) return refusal;

  const last = first + count - 1;
  const lastExtent = last >>> EXTENT_BITS;
  grow(roll, lastExtent + 1);
  for (let extent = first >>> EXTENT_BITS; extent <= lastExtent; extent++) {
    roll.unitOfExtent[extent] = unit + 1;
    roll.issuedInExtent[extent] = extent === lastExtent ? (last & (EXTENT_SIZE - 1)) + 1 : EXTENT_SIZE;
  }
  roll.eligible[unit]! += count;
  roll.total += count;
  roll.extents = Math.max(roll.extents, lastExtent + 1);
  return undefined;
}

/** The unit of an issued serial, or -1. */
export function unitOfSerial(roll: Roll, serial: number): number {
  const extent = serial >>> EXTENT_BITS;
  if (extent >= roll.extents) return -1;
  if ((serial & (EXTENT_SIZE - 1)) >= roll.issuedInExtent[extent]!) return -1;
  return roll.unitOfExtent[extent]! - 1;
}

export function unitIndex(space: BallotSpace, place: string, cohort: string): number | undefined {
  const placeAt = space.placeIndex.get(place);
  const cohortAt = space.cohortIndex.get(cohort);
  if (placeAt === undefined || cohortAt === undefined) return undefined;
  return placeAt * space.cohorts.length + cohortAt;
}

function refuseRun(roll: Roll, first: number, count: number, unit: number): string | undefined {
  if (!(count >= 1) || first + count - 1 > MAX_SERIAL) return `serials ${first} + ${count} are out of range`;
  const extent = first >>> EXTENT_BITS;
  const within = first & (EXTENT_SIZE - 1);
  const lastExtent = (first + count - 1) >>> EXTENT_BITS;
  const goesOn = within > 0 && roll.unitOfExtent[extent] === unit + 1 && roll.issuedInExtent[extent] === within;
  if (within > 0 && !goesOn) return `serial ${first} neither starts an extent nor goes on in one of its own`;
  for (let at = within > 0 ? extent + 1 : extent; at <= Math.min(lastExtent, roll.extents - 1); at++) {
    if (roll.unitOfExtent[at] !== 0) return `extent ${at} is issued already`;
  }
  return undefined;
}

function grow(roll: Roll, extents: number): void {
  if (extents <= roll.unitOfExtent.length) return;
  const length = Math.max(extents, roll.unitOfExtent.length * 2);
  const units = new Uint32Array(length);
  units.set(roll.unitOfExtent);
  roll.unitOfExtent = units;
  const issued = new Uint16Array(length);
  issued.set(roll.issuedInExtent);
  roll.issuedInExtent = issued;
}
