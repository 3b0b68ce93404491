import type { Attribute, AttributeValue, Election, Place } from '../../election/election.ts';
import { EVERYONE, leaves } from '../../election/space.ts';
import { cumulate, type Draws } from '../seeded-draws.ts';
import { FIELD } from './person-fields.ts';

/** Where a seeded person lives, and in which cohort: by the populations and shares of the election file. */
export interface UnitDraws {
  /** The number of a leaf place. */
  place(index: number): number;
  /** One value of each attribute. */
  values(index: number): readonly AttributeValue[];
}

export function createUnitDraws(election: Election, draws: Draws): UnitDraws {
  const places = cumulate(weights(leaves(election.places).map((place: Place) => place.population)));
  const attributes = election.cohorts.map((attribute: Attribute) => ({
    values: attribute.values,
    cumulative: cumulate(weights(attribute.values.map((value) => value.share))),
  }));
  return {
    place: (index) => draws.weighted(places, index, FIELD.place),
    values: (index) =>
      attributes.map(({ values, cumulative }, at) => values[draws.weighted(cumulative, index, FIELD.attribute + at)]!),
  };
}

export function cohortOf(values: readonly AttributeValue[]): string {
  return values.length === 0 ? EVERYONE : values.map((value) => value.id).join('|');
}

/** Where none is given all weigh the same; where some are, nobody falls to the others. */
function weights(given: readonly (number | undefined)[]): number[] {
  const known = given.map((weight) => weight ?? 0);
  return known.some((weight) => weight > 0) ? known : given.map(() => 1);
}
