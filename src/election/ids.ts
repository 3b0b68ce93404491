/** An id of an election, contest, candidate, place or cohort value, as it stands in ballot lines and topic names. */
export const ID = '[A-Za-z0-9._|+-]{1,64}';

const WHOLE_ID = new RegExp(`^${ID}$`);

export function isId(text: string): boolean {
  return WHOLE_ID.test(text);
}

/** The dense number inside a voting code: 0 … 2^32 - 1. */
export type Serial = number & { readonly brand: 'Serial' };

export const MAX_SERIAL = 0xffff_ffff;

/** Serials come in extents of 1,024, each of one place and one cohort: the roll is a few bytes per 1,024 voters. */
export const EXTENT_BITS = 10;
export const EXTENT_SIZE: number = 1 << EXTENT_BITS;
