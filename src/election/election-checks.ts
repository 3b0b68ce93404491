import { checkCohorts, RESERVED } from './cohort-checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { LIMITS } from './election-schema.ts';
import { quoted, type Path, type Problem } from './problem.ts';
import { duplicateIds, duplicates, field, idOf, items } from './unchecked.ts';

/**
 * What the form alone does not say: ids that stand twice, age bands with gaps, breakdowns of nothing. Reads the file
 * as it came, before or besides the schema, so that one run names everything that is wrong: a part of an unexpected
 * type is passed over here, the schema has named it.
 */
export function checkElection(file: unknown): Problem[] {
  const problems: Problem[] = [];
  const places = allPlaces(items(file, 'places'), ['places'], 1, problems);
  const leafPlaces = places.filter((found) => found.leaf).length;
  return [
    ...problems,
    ...checkContests(file),
    ...checkBallotSize(file),
    ...checkPlaces(places, leafPlaces),
    ...checkCohorts(file, leafPlaces),
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

function checkPlaces(places: readonly FoundPlace[], leafPlaces: number): Problem[] {
  const ids = places.map(({ place, path }) => [idOf(place), [...path, 'id']] as const);
  const problems = duplicates(ids, 'no other place has');
  if (leafPlaces <= LIMITS.leafPlaces) return problems;
  const found = `${leafPlaces} places that hold no others`;
  return [...problems, { path: ['places'], found, expected: `at most ${LIMITS.leafPlaces}` }];
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
