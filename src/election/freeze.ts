import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { AttributeValue, Contest, Election, Place } from './election.ts';

/** What can no longer change once the election is defined, as canonical JSON, and its SHA-256 in hex. */
export interface Frozen {
  readonly canonical: string;
  readonly hash: string;
}

/**
 * Frozen is what decides the count or its disclosure, and nothing else. Lists keep their order: reports and the
 * numbering of places and cohorts follow it.
 */
export function freeze(election: Election): Frozen {
  const canonical = canonicalJson({
    id: election.id,
    contests: election.contests.map(frozenContest),
    places: election.places.map(frozenPlace),
    cohorts: election.cohorts.map(({ id, values }) => ({ id, values: values.map(frozenValue) })),
    breakdowns: election.breakdowns,
    results: election.results,
    k: election.k,
  });
  return { canonical, hash: createHash('sha256').update(canonical).digest('hex') };
}

function frozenContest({ id, method, choose, candidates }: Contest): object {
  return { id, method, choose, candidates: candidates.map((candidate) => candidate.id) };
}

function frozenPlace({ id, places }: Place): object {
  return { id, places: places?.map(frozenPlace) };
}

/** Ages are frozen with the id: they decide which cohort a voter is counted in. */
function frozenValue({ id, ages }: AttributeValue): object {
  return { id, ages };
}

/** Where two frozen elections differ: `contests[0].candidates[1]: "rivera" became "okafor"`, in the order of the file. */
export function frozenDifferences(before: Frozen, after: Frozen): string[] {
  return differences(JSON.parse(before.canonical), JSON.parse(after.canonical), '');
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [`${path}: ${brief(before)} became ${brief(after)}`];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const inner = Array.isArray(before) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    return differences(before[key], after[key], inner);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isObject(value) && typeof value['id'] === 'string') return JSON.stringify(value['id']);
  return canonicalJson(value);
}
