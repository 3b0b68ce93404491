import { LIMITS } from './election-schema.ts';
import type { Path, Problem } from './problem.ts';
import { duplicateIds, field, idOf, items } from './unchecked.ts';

/** Dimensions that are there without an attribute. */
export const RESERVED: readonly string[] = ['place', 'cohort'];

/** Ids, age bands and sizes of the attributes; `leafPlaces` is how many places each cohort votes in. */
export function checkCohorts(file: unknown, leafPlaces: number): Problem[] {
  const attributes = items(file, 'cohorts');
  return [
    ...duplicateIds(attributes, ['cohorts'], 'no other attribute has'),
    ...attributes.flatMap((attribute, at) => checkAttribute(attribute, ['cohorts', at])),
    ...checkCohortSizes(attributes, leafPlaces),
  ];
}

function checkAttribute(attribute: unknown, path: Path): Problem[] {
  const id = idOf(attribute);
  const values = items(attribute, 'values');
  const problems = duplicateIds(values, [...path, 'values'], 'no other value of this attribute has');
  if (id !== undefined && RESERVED.includes(id)) {
    problems.push({ path: [...path, 'id'], expected: 'another id: place and cohort are names of dimensions already' });
  }
  const bands = values.flatMap((value, at) => readBand(value, [...path, 'values', at, 'ages']));
  if (id === 'age') return [...problems, ...checkBands(bands)];
  return [
    ...problems,
    ...bands.map((band) => ({ path: band.path, atKey: true, expected: 'ages only at the attribute with the id age' })),
  ];
}

interface Band {
  readonly path: Path;
  readonly from: number;
  readonly to: number;
}

function readBand(value: unknown, path: Path): Band[] {
  const ages = field(value, 'ages');
  if (!Array.isArray(ages)) return [];
  const [from, to = Infinity] = ages as unknown[];
  return typeof from === 'number' && typeof to === 'number' ? [{ path, from, to }] : [];
}

/** Every age from the youngest on is in exactly one band. */
function checkBands(bands: readonly Band[]): Problem[] {
  const wrong = bands.filter((band) => band.from > band.to);
  if (wrong.length > 0) {
    return wrong.map((band) => ({ path: band.path, found: bandText(band), expected: 'the lower age first' }));
  }
  const sorted = [...bands].sort((left, right) => left.from - right.from);
  return sorted.slice(1).flatMap((band, at) => {
    const below = sorted[at]!;
    if (band.from === below.to + 1) return [];
    const found = `${bandText(band)} after ${bandText(below)}`;
    const expected =
      band.from <= below.to
        ? 'bands that do not overlap: a voter has one age'
        : `bands without a gap: nothing holds ages ${below.to + 1} to ${band.from - 1}`;
    return [{ path: band.path, found, expected }];
  });
}

function bandText(band: Band): string {
  return band.to === Infinity ? `ages ${band.from} and over` : `ages ${band.from} to ${band.to}`;
}

/** A cohort id is one value of each attribute, joined by `|`; it must still be an id. */
function checkCohortSizes(attributes: readonly unknown[], leafPlaces: number): Problem[] {
  const path = ['cohorts'];
  const values = attributes.map((attribute) => items(attribute, 'values'));
  const problems: Problem[] = [];
  const longest = values.map((list) => list.map((value) => idOf(value) ?? '').reduce(longer, '')).join('|');
  if (longest.length > LIMITS.idCharacters) {
    problems.push({
      path,
      found: `the cohort ${longest}`,
      expected: `cohorts of at most ${LIMITS.idCharacters} characters: shorter ids`,
    });
  }
  const cohorts = values.reduce((product, list) => product * Math.max(1, list.length), 1);
  if (cohorts > LIMITS.cohorts) {
    problems.push({
      path,
      found: `${cohorts} cohorts`,
      expected: `at most ${LIMITS.cohorts}: fewer values or attributes`,
    });
  }
  const units = cohorts * leafPlaces;
  if (units > LIMITS.units) {
    problems.push({
      path,
      found: `${units} pairs of place and cohort`,
      expected: `at most ${LIMITS.units}: fewer places or cohorts`,
    });
  }
  return problems;
}

function longer(left: string, right: string): string {
  return right.length > left.length ? right : left;
}
