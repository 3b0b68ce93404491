import { didYouMean } from './did-you-mean.ts';
import { LIMITS } from './election-schema.ts';
import { quoted, type Path, type Problem } from './problem.ts';

/**
 * What the form alone does not say: ids that stand twice, age bands with gaps, breakdowns of nothing. Reads the file
 * as it came, before or besides the schema, so that one run names everything that is wrong: a part of an unexpected
 * type is passed over here, the schema has named it.
 */
export function checkElection(file: unknown): Problem[] {
  return [
    ...checkContests(file),
    ...checkBallotSize(file),
    ...checkPlaces(file),
    ...checkCohorts(file),
    ...checkBreakdowns(file),
  ];
}

function checkContests(file: unknown): Problem[] {
  const contests = items(file, 'contests');
  return [
    ...duplicateIds(contests, ['contests'], 'no other contest has'),
    ...contests.flatMap((contest, at) => {
      const path = ['contests', at];
      return [
        ...duplicateIds(
          items(contest, 'candidates'),
          [...path, 'candidates'],
          'no other candidate of this contest has',
        ),
        ...checkChoose(contest, [...path, 'choose']),
      ];
    }),
  ];
}

function checkChoose(contest: unknown, path: Path): Problem[] {
  const choose = field(contest, 'choose');
  if (typeof choose !== 'number') return [];
  const method = field(contest, 'method');
  if (method !== 'approval') {
    return [{ path, atKey: true, expected: 'no choose here: only the method approval has it (plurality is one name)' }];
  }
  const most = items(contest, 'candidates').length;
  if (choose <= most) return [];
  return [{ path, expected: `at most the number of candidates, ${most}` }];
}

/** The fullest ballot that the methods allow must fit into a line, or some voter's could not be cast. */
function checkBallotSize(file: unknown): Problem[] {
  const frame = '{"serial":4294967295,"place":"","cohort":"","choices":{}}'.length + 2 * LIMITS.idCharacters;
  const bytes = items(file, 'contests').reduce<number>((sum, contest) => sum + choiceBytes(contest), frame);
  if (bytes <= LIMITS.ballotBytes) return [];
  const expected = `at most ${LIMITS.ballotBytes}: shorter ids, fewer contests, or a smaller choose`;
  return [{ path: ['contests'], atKey: true, found: `ballots of up to ${bytes} bytes`, expected }];
}

/** `"mayor":["ann","bob"],` */
function choiceBytes(contest: unknown): number {
  const names = items(contest, 'candidates').map((candidate) => (idOf(candidate)?.length ?? 0) + '"",'.length);
  const choose = field(contest, 'choose');
  const most = field(contest, 'method') === 'approval' ? (typeof choose === 'number' ? choose : names.length) : 1;
  const longest = names.sort((left, right) => right - left).slice(0, most);
  return longest.reduce((sum, bytes) => sum + bytes, (idOf(contest)?.length ?? 0) + '"":[],'.length);
}

interface FoundPlace {
  readonly place: unknown;
  readonly path: Path;
  readonly leaf: boolean;
}

function checkPlaces(file: unknown): Problem[] {
  const problems: Problem[] = [];
  const all = allPlaces(items(file, 'places'), ['places'], 1, problems);
  const leafCount = all.filter((found) => found.leaf).length;
  if (leafCount > LIMITS.leafPlaces) {
    problems.push({
      path: ['places'],
      found: `${leafCount} places that hold no others`,
      expected: `at most ${LIMITS.leafPlaces}`,
    });
  }
  return [
    ...problems,
    ...duplicates(
      all.map(({ place, path }) => [idOf(place), [...path, 'id']]),
      'no other place has',
    ),
  ];
}

function allPlaces(places: readonly unknown[], path: Path, depth: number, problems: Problem[]): FoundPlace[] {
  if (depth > LIMITS.placeDepth) {
    problems.push({
      path,
      atKey: true,
      found: `places ${depth} deep`,
      expected: `at most ${LIMITS.placeDepth} levels`,
    });
    return [];
  }
  return places.flatMap((place, at) => {
    const inside = items(place, 'places');
    const here = { place, path: [...path, at], leaf: inside.length === 0 };
    return [here, ...allPlaces(inside, [...path, at, 'places'], depth + 1, problems)];
  });
}

const RESERVED = ['place', 'cohort'];

function checkCohorts(file: unknown): Problem[] {
  const attributes = items(file, 'cohorts');
  return [
    ...duplicateIds(attributes, ['cohorts'], 'no other attribute has'),
    ...attributes.flatMap((attribute, at) => checkAttribute(attribute, ['cohorts', at])),
    ...checkCohortSizes(file, attributes),
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
function checkCohortSizes(file: unknown, attributes: readonly unknown[]): Problem[] {
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
  const units = cohorts * allPlaces(items(file, 'places'), ['places'], 1, []).filter((found) => found.leaf).length;
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

function checkBreakdowns(file: unknown): Problem[] {
  const known = [...RESERVED, ...items(file, 'cohorts').flatMap((attribute) => idOf(attribute) ?? [])];
  const breakdowns = items(file, 'breakdowns');
  const keys = breakdowns.map((breakdown) => (Array.isArray(breakdown) ? breakdown.join('/') : undefined));
  return [
    ...breakdowns.flatMap((breakdown, at) => checkDimensions(breakdown, ['breakdowns', at], known)),
    ...duplicates(
      keys.map((key, at) => [key, ['breakdowns', at]]),
      'is not there yet',
      'a breakdown that',
    ),
  ];
}

function checkDimensions(breakdown: unknown, path: Path, known: readonly string[]): Problem[] {
  if (!Array.isArray(breakdown)) return [];
  const dimensions: unknown[] = breakdown;
  return dimensions.flatMap((dimension, at) => {
    if (typeof dimension !== 'string') return [];
    if (dimensions.indexOf(dimension) < at) {
      return [{ path: [...path, at], found: `${quoted(dimension)} again`, expected: 'each dimension once' }];
    }
    if (known.includes(dimension)) return [];
    const near = didYouMean(dimension, known);
    const expected = `one of ${known.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`;
    return [{ path: [...path, at], expected }];
  });
}

function duplicateIds(list: readonly unknown[], path: Path, promise: string): Problem[] {
  return duplicates(
    list.map((item, at) => [idOf(item), [...path, at, 'id']]),
    promise,
  );
}

function duplicates(
  ids: readonly (readonly [id: string | undefined, path: Path])[],
  promise: string,
  what = 'an id that',
): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [id, path] of ids) {
    if (id === undefined) continue;
    if (seen.has(id)) problems.push({ path, found: `${quoted(id)} again`, expected: `${what} ${promise}` });
    seen.add(id);
  }
  return problems;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function items(value: unknown, key: string): readonly unknown[] {
  const list = field(value, key);
  return Array.isArray(list) ? list : [];
}

function idOf(value: unknown): string | undefined {
  const id = field(value, 'id');
  return typeof id === 'string' ? id : undefined;
}
