import type { Attribute, AttributeValue, Election } from '../../election/election.ts';

/** What the attributes of an election say about a person: the one with ages, and the one called sex or gender. */
export interface CohortMeaning {
  readonly attributes: readonly Attribute[];
  /** The number of the attribute among `attributes`; -1: the election does not ask. */
  readonly ageAt: number;
  readonly sexAt: number;
  /** Nobody younger is in any age band. */
  readonly leastAge: number | undefined;
}

export function cohortMeaning(election: Pick<Election, 'cohorts'>): CohortMeaning {
  const attributes = election.cohorts;
  const ageAt = attributes.findIndex(({ id, values }) => id === 'age' || values.some(({ ages }) => ages !== undefined));
  const sexAt = attributes.findIndex(({ id }) => id === 'sex' || id === 'gender');
  const lows = (attributes[ageAt]?.values ?? []).flatMap(({ ages }) => (ages === undefined ? [] : [ages[0]]));
  return { attributes, ageAt, sexAt, leastAge: lows.length === 0 ? undefined : Math.min(...lows) };
}

const FEMALE = /^(f|w|female|females|woman|women)$/i;
const MALE = /^(m|male|males|man|men)$/i;

/** `female`, `male`, or the name that the election gives: `not stated`, `diverse`. */
export function genderOf(value: AttributeValue): string {
  if (FEMALE.test(value.id) || FEMALE.test(value.name)) return 'female';
  if (MALE.test(value.id) || MALE.test(value.name)) return 'male';
  return value.name.toLowerCase();
}

export function isAged(value: AttributeValue, age: number): boolean {
  if (value.ages === undefined) return false;
  const [least, most = Infinity] = value.ages;
  return age >= least && age <= most;
}

const NOT_STATED = /^(not[ _-]?stated|unstated|unknown|undisclosed|none|na|n\/a)$/i;

export function isNotStated(value: AttributeValue): boolean {
  return NOT_STATED.test(value.id) || NOT_STATED.test(value.name);
}
