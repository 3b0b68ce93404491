import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { smallElection } from '../../test/small-election.ts';
import { canonicalJson } from './canonical-json.ts';
import { parseElection } from './definition.ts';
import type { Election } from './election.ts';
import { freeze, frozenDifferences } from './freeze.ts';

type Tree = { [key: string]: Tree } | Tree[] | string | number;
type Change = readonly [what: string, (election: Election) => unknown];

const hash = (election: unknown): string => freeze(election as Election).hash;
const small = smallElection();

/** The first contest, place, attribute … of the small election with something else in it. */
const contest = (change: object): object => ({
  ...small,
  contests: [{ ...small.contests[0], ...change }, small.contests[1]],
});
const candidate = (change: object): object =>
  contest({
    candidates: [{ ...small.contests[0]!.candidates[0], ...change }, ...small.contests[0]!.candidates.slice(1)],
  });
const place = (change: object): object => ({ ...small, places: [{ ...small.places[0], ...change }, small.places[1]] });
const attribute = (change: object): object => ({
  ...small,
  cohorts: [{ ...small.cohorts[0], ...change }, small.cohorts[1]],
});
const value = (change: object): object =>
  attribute({ values: [{ ...small.cohorts[0]!.values[0], ...change }, ...small.cohorts[0]!.values.slice(1)] });

const TEXT_KEYS = [
  'title',
  'name',
  'description',
  'party',
  'colour',
  'biography',
  'platform',
  'photo',
  'strength',
  'population',
  'share',
];

describe('what is not frozen', () => {
  it('[F10] any text, colour, photo, weight: the hash stays', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...TEXT_KEYS), (text, key) => {
        const rename = (tree: Tree): Tree => {
          if (Array.isArray(tree)) return tree.map(rename);
          if (typeof tree !== 'object') return tree;
          const inner = Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, rename(child)]));
          return 'id' in tree ? { ...inner, [key]: text } : inner;
        };
        expect(hash(rename(small as unknown as Tree))).toBe(hash(small));
      }),
    );
  });

  it('[F10] how the simulator behaves', () => {
    expect(hash({ ...small, simulation: { turnout: 1, repeats: 0, malformed: 0, lean: 0 } })).toBe(hash(small));
  });

  it('[F10] the order of keys in the file', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const shuffle = (tree: Tree): Tree => {
          if (Array.isArray(tree)) return tree.map(shuffle);
          if (typeof tree !== 'object') return tree;
          const keyed = Object.entries(tree).map(([name, child]) => ({
            at: numbers.next().value,
            name,
            child: shuffle(child),
          }));
          keyed.sort((left, right) => left.at - right.at);
          return Object.fromEntries(keyed.map(({ name, child }) => [name, child]));
        };
        const file = stringify(shuffle(small as unknown as Tree));
        expect(hash(parseElection(file, 'shuffled.yaml'))).toBe(hash(parseElection(stringify(small), 'small.yaml')));
      }),
      { numRuns: 30 },
    );
  });
});

const CHANGES: readonly Change[] = [
  ['the id', () => ({ ...small, id: 'other' })],
  ['a contest id', () => contest({ id: 'other' })],
  ['a method', () => contest({ method: 'approval' })],
  ['choose', () => contest({ choose: 2 })],
  ['a candidate id', () => candidate({ id: 'other' })],
  ['a candidate more', () => contest({ candidates: [...small.contests[0]!.candidates, { id: 'dee', name: 'Dee' }] })],
  ['the order of candidates', () => contest({ candidates: small.contests[0]!.candidates.toReversed() })],
  ['a contest less', () => ({ ...small, contests: small.contests.slice(1) })],
  ['a place id', () => place({ id: 'other' })],
  ['where a place lies', () => place({ places: undefined })],
  ['the order of places', () => ({ ...small, places: small.places.toReversed() })],
  ['an attribute id', () => attribute({ id: 'other' })],
  ['a value id', () => value({ id: 'other' })],
  ['the ages of a value', () => value({ ages: [17, 64] })],
  ['the breakdowns', () => ({ ...small, breakdowns: [['place']] })],
  ['the results policy', () => ({ ...small, results: 'totals' })],
  ['k', () => ({ ...small, k: 2 })],
];

describe('what is frozen', () => {
  it.each(CHANGES)('[F10] %s: the hash changes, and the difference is named', (_, change) => {
    const other = change(small);
    expect(hash(other)).not.toBe(hash(small));
    expect(frozenDifferences(freeze(small), freeze(other as Election))).not.toEqual([]);
  });

  it('[F10] every change gives a hash of its own', () => {
    expect(new Set(CHANGES.map(([, change]) => hash(change(small)))).size).toBe(CHANGES.length);
  });

  it('[F11] differences say where and what', () => {
    expect(frozenDifferences(freeze(small), freeze(candidate({ id: 'dee' }) as Election))).toEqual([
      'contests[0].candidates[0]: "ann" became "dee"',
    ]);
    expect(frozenDifferences(freeze(small), freeze({ ...small, k: 5, places: small.places.slice(1) }))).toEqual([
      'k: 1 became 5',
      'places[0].id: "north" became "south"',
      'places[0].places[0].id: "n1" became "s1"',
      'places[0].places[1].id: "n2" became "s2"',
      'places[1]: "south" became nothing',
    ]);
    expect(frozenDifferences(freeze(small), freeze(small))).toEqual([]);
  });
});

describe('canonical JSON', () => {
  it('[F10] is JSON of the same value, with sorted keys and no spaces', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const plain = JSON.parse(JSON.stringify(json)) as unknown;
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      }),
    );
    expect(canonicalJson({ b: [1, { d: 'ö', c: null }], a: undefined })).toBe('{"b":[1,{"c":null,"d":"ö"}]}');
  });
});
