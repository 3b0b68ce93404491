import { disclose } from './disclosure.ts';
import type { Election, Place } from './election.ts';
import type { Report } from './report.ts';
import { breakdownValue, leaves } from './space.ts';
import { TOTAL } from './tally.ts';

/** Counted ballots in groups, each ballot in one. */
export interface BallotGroups {
  /** `*`: all are in one group. */
  readonly breakdown: string;
  readonly names: readonly string[];
  /** The index of a name. */
  groupOf(place: string, cohort: string): number;
  /** The same, for a value of the breakdown as the report counts it. */
  groupOfValue(value: string): number;
}

/** Holds the rows that a crossed breakdown does not show; no id has a space. */
const HELD_BACK = 'held back';

/**
 * The groups are the rows of one breakdown as it is shown when no row may have fewer than `k` ballots: merged where
 * they are small, and those that are held back in one. So no group says more about anybody's place and cohort than
 * results do, none has fewer than k ballots, unless that is everybody, and none follows from the others.
 *
 * Undefined: the election does not have this breakdown, or its policy lets none be shown.
 */
export function ballotGroups(
  report: Report,
  election: Election,
  breakdown: string,
  k: number,
): BallotGroups | undefined {
  if (breakdown === TOTAL) return everybody();
  const dimensions = election.breakdowns.find((declared) => declared.join('/') === breakdown);
  const shown = disclose(report, { ...election, k }).breakdowns.find(({ key }) => key === breakdown);
  if (dimensions === undefined || shown === undefined) return undefined;

  const groups = new Map<string, string>();
  for (const row of shown.rows) {
    const values = row.state === 'merged' ? row.values.flatMap((value) => leavesOf(value, election)) : [row.value];
    const name = row.state === 'suppressed' ? HELD_BACK : row.state === 'merged' ? row.values.join(' + ') : row.value;
    for (const value of values) groups.set(value, name);
  }
  const rows = report.counts.turnout.find(({ key }) => key === breakdown)?.rows ?? [];
  const names = [...new Set(rows.map(({ value }) => groups.get(value)!))];
  if (names.length === 1) return everybody();
  const index = new Map(rows.map(({ value }) => [value, names.indexOf(groups.get(value)!)]));
  const groupOfValue = (value: string): number => index.get(value)!;
  return {
    breakdown,
    names,
    groupOfValue,
    groupOf: (place, cohort) => groupOfValue(breakdownValue(dimensions, place, cohort, election.cohorts)),
  };
}

function everybody(): BallotGroups {
  return { breakdown: TOTAL, names: [TOTAL], groupOf: () => 0, groupOfValue: () => 0 };
}

/** A place with places in it stands for its leaves, any other value for itself. */
function leavesOf(value: string, { places }: Pick<Election, 'places'>): string[] {
  const place = findPlace(places, value);
  return place === undefined ? [value] : leaves([place]).map(({ id }) => id);
}

function findPlace(places: readonly Place[], id: string): Place | undefined {
  for (const place of places) {
    const found = place.id === id ? place : findPlace(place.places ?? [], id);
    if (found !== undefined) return found;
  }
  return undefined;
}
