import type { Attribute, Breakdown, Election, Place } from './election.ts';

/**
 * Where ballots can lie: every leaf place and every cohort, numbered, and the value that a breakdown gives to a
 * pair of them. A *unit* is one place and one cohort.
 */
export interface BallotSpace {
  /** Ids of the leaf places, in file order. */
  readonly places: readonly string[];
  /** Ids of the cohorts: one value of each attribute, joined by `|`, in file order. */
  readonly cohorts: readonly string[];
  readonly placeIndex: ReadonlyMap<string, number>;
  readonly cohortIndex: ReadonlyMap<string, number>;
  readonly breakdowns: readonly BreakdownSpace[];
}

export interface BreakdownSpace {
  /** `place`, `cohort`, `place/cohort`: the dimensions joined by a sign no id has. */
  readonly key: string;
  /** Every value, such as `US-CA` or `US-CA/25-34|f`. */
  readonly values: readonly string[];
  /** By `placeIndex * cohorts.length + cohortIndex`: the index of its value. */
  readonly valueOfUnit: Uint32Array;
}

/** No attribute declared: everyone is in this cohort. */
export const EVERYONE = 'all';

export function ballotSpace(election: Pick<Election, 'places' | 'cohorts' | 'breakdowns'>): BallotSpace {
  const places = leaves(election.places).map((place) => place.id);
  const cohorts = cohortIds(election.cohorts);
  return {
    places,
    cohorts,
    placeIndex: indexOf(places),
    cohortIndex: indexOf(cohorts),
    breakdowns: election.breakdowns.map((dimensions) => breakdownSpace(dimensions, places, cohorts, election.cohorts)),
  };
}

export function leaves(places: readonly Place[]): Place[] {
  return places.flatMap((place) => (place.places === undefined ? [place] : leaves(place.places)));
}

export function cohortIds(attributes: readonly Attribute[]): string[] {
  let ids: string[] = [];
  for (const attribute of attributes) {
    const values = attribute.values.map((value) => value.id);
    ids = ids.length === 0 ? values : ids.flatMap((id) => values.map((value) => `${id}|${value}`));
  }
  return ids.length === 0 ? [EVERYONE] : ids;
}

function breakdownSpace(
  dimensions: Breakdown,
  places: readonly string[],
  cohorts: readonly string[],
  attributes: readonly Attribute[],
): BreakdownSpace {
  const values: string[] = [];
  const index = new Map<string, number>();
  const valueOfUnit = new Uint32Array(places.length * cohorts.length);
  let unit = 0;
  for (const place of places) {
    for (const cohort of cohorts) {
      const value = breakdownValue(dimensions, place, cohort, attributes);
      let at = index.get(value);
      if (at === undefined) {
        at = values.push(value) - 1;
        index.set(value, at);
      }
      valueOfUnit[unit++] = at;
    }
  }
  return { key: dimensions.join('/'), values, valueOfUnit };
}

/** The value of a breakdown for one place and cohort. */
export function breakdownValue(
  dimensions: Breakdown,
  place: string,
  cohort: string,
  attributes: readonly Attribute[],
): string {
  const parts = cohort.split('|');
  return dimensions
    .map((dimension) => {
      if (dimension === 'place') return place;
      if (dimension === 'cohort') return cohort;
      return parts[attributes.findIndex((attribute) => attribute.id === dimension)] ?? '';
    })
    .join('/');
}

function indexOf(ids: readonly string[]): ReadonlyMap<string, number> {
  return new Map(ids.map((id, index) => [id, index]));
}
