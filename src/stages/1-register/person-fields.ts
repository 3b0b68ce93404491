/** Each draw of a person has a field of its own, so that no two of them go together. */
export const FIELD = {
  place: 0,
  gender: 1,
  first: 2,
  last: 3,
  age: 4,
  birth: 5,
  house: 6,
  street: 7,
  city: 8,
  postcode: 9,
  domain: 10,
  phone: 11,
  mobile: 12,
  picture: 13,
  /** Of the seed, not of a person. */
  tag: 14,
  cityOfPlace: 15,
  /** The first attribute; the others follow. */
  attribute: 16,
} as const;
