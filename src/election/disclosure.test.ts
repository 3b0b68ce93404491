import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disclose, type Disclosure } from './disclosure.ts';
import type { Attribute, Breakdown, Place, ResultsPolicy } from './election.ts';
import type { Counts, ReportStatus } from './report.ts';

/** Ballots of one place and cohort: for the first candidate, for the second, blank. */
interface Cell {
  readonly place: string;
  readonly cohort: readonly string[];
  readonly ballots: readonly [number, number, number];
}

interface Example {
  readonly places: readonly Place[];
  readonly cohorts: readonly Attribute[];
  readonly breakdowns: readonly Breakdown[];
  readonly k: number;
  readonly results: ResultsPolicy;
  readonly cells: readonly Cell[];
}

describe('what may be shown', () => {
  test('[P1] hidden shows the turnout alone until the count is complete', () => {
    const example = exampleOf({ results: 'hidden' });
    expect(shownOf(example, 'unofficial-partial')).toEqual({
      shows: 'hidden',
      contests: [],
      breakdowns: [],
      whole: false,
    });
    expect(shownOf(example, 'unofficial-complete').contests).toEqual([
      { valid: 70, blank: 3, rejected: 0, votes: [40, 30] },
    ]);
  });

  test('[P2] totals shows no breakdown, complete or not', () => {
    for (const status of ['unofficial-partial', 'unofficial-complete'] as const) {
      const disclosure = shownOf(exampleOf({ results: 'totals' }), status);
      expect(disclosure.breakdowns).toEqual([]);
      expect(disclosure.contests[0]?.votes).toEqual([40, 30]);
    }
  });

  test('[P3] a small row is merged with its smallest sibling, which alone would give it away', () => {
    const [byPlace] = shownOf(exampleOf({}), 'unofficial-partial').breakdowns;
    expect(byPlace?.rows.map((row) => [row.state, row.state === 'merged' ? row.values : row.value])).toEqual([
      ['shown', 'north'],
      ['merged', ['islet', 'south']],
    ]);
  });

  test('[P3] what cannot be merged to k is suppressed', () => {
    const example = exampleOf({ k: 100 });
    const [byPlace] = shownOf(example, 'unofficial-partial').breakdowns;
    expect(byPlace?.rows.map((row) => row.state)).toEqual(['suppressed', 'suppressed', 'suppressed']);
  });

  test('[P4] the hash may be shown only with everything that it covers', () => {
    expect(shownOf(exampleOf({}), 'unofficial-partial').whole).toBe(false);
    expect(shownOf(exampleOf({ k: 0 }), 'unofficial-partial').whole).toBe(true);
    expect(shownOf(exampleOf({ k: 0, results: 'totals' }), 'unofficial-partial').whole).toBe(false);
  });
});

describe('small rows in any election', () => {
  test('[P3] no row under k is shown, or follows from what is shown by adding and subtracting', () => {
    fc.assert(
      fc.property(examples, (example) => {
        const { breakdowns } = shownOf(example, 'unofficial-partial');
        const known = [example.cells.map(() => 1), ...publishedSums(example, breakdowns)];
        const basis = rowSpace(known);
        for (const { key, value } of everyRow(example, breakdowns)) {
          const row = indicator(example, key, [value]);
          const ballots = weigh(example, row);
          const isTotal = row.every((weight) => weight === 1);
          if (ballots < example.k && !isTotal) expect(inSpan(basis, row), `${key} ${value}: ${ballots}`).toBe(false);
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('[P3] what is shown is true, at least k, and each voter stands in one row of a breakdown', () => {
    fc.assert(
      fc.property(examples, (example) => {
        for (const { key, rows } of shownOf(example, 'unofficial-partial').breakdowns) {
          for (const row of rows) {
            if (row.state === 'suppressed') continue;
            const cells = indicator(example, key, row.state === 'merged' ? row.values : [row.value]);
            expect(row.counted).toBe(weigh(example, cells));
            expect(row.counted).toBeGreaterThanOrEqual(example.k);
            expect(row.contests[0]?.votes[0]).toBe(weigh(example, cells, (ballots) => ballots[0]));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

const numbers = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 5, max: 60 }));

const examples: fc.Arbitrary<Example> = fc
  .record({
    flat: fc.integer({ min: 0, max: 3 }),
    nested: fc.integer({ min: 0, max: 3 }),
    sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 0, maxLength: 2 }),
    pick: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
    k: fc.integer({ min: 0, max: 12 }),
    ballots: fc.array(fc.tuple(numbers, numbers, fc.integer({ min: 0, max: 2 })), { minLength: 60, maxLength: 60 }),
  })
  .map(({ flat, nested, sizes, pick, k, ballots }) => {
    const places = [...leafPlaces('p', nested === 0 ? Math.max(1, flat) : flat)];
    if (nested > 0) places.push({ id: 'inner', name: 'x', places: leafPlaces('q', nested) });
    const cohorts = sizes.map((size, at) => attribute(['age', 'sex'][at]!, size));
    const possible = possibleBreakdowns(cohorts.map(({ id }) => id));
    const breakdowns = [...new Set(pick.map((index) => possible[index % possible.length]!))];
    return { places, cohorts, breakdowns, k, results: 'all' as const, cells: cellsOf(places, cohorts, ballots) };
  });

function possibleBreakdowns(attributes: readonly string[]): Breakdown[] {
  const single = [['place'], ['cohort'], ...attributes.map((id) => [id])];
  const crossed = [
    ['place', 'cohort'],
    ['cohort', 'place'],
    ...attributes.flatMap((id) => [
      ['place', id],
      [id, 'place'],
    ]),
  ];
  return [...single, ...crossed, ...(attributes.length === 2 ? [attributes, attributes.toReversed()] : [])];
}

function leafPlaces(prefix: string, size: number): Place[] {
  return Array.from({ length: size }, (_, at) => ({ id: `${prefix}${at}`, name: 'x' }));
}

function attribute(id: string, size: number): Attribute {
  return { id, name: id, values: Array.from({ length: size }, (_, at) => ({ id: `${id}${at}`, name: 'x' })) };
}

function cellsOf(places: readonly Place[], cohorts: readonly Attribute[], ballots: readonly Cell['ballots'][]): Cell[] {
  let people: string[][] = [[]];
  for (const { values } of cohorts) people = people.flatMap((person) => values.map(({ id }) => [...person, id]));
  const leaves = places.flatMap((place) => place.places ?? [place]);
  return leaves.flatMap(({ id }, at) =>
    people.map((cohort, index) => ({
      place: id,
      cohort,
      ballots: ballots[(at * people.length + index) % ballots.length]!,
    })),
  );
}

/** North 40 + 20 + 1, south 0 + 9 + 1, islet 0 + 1 + 1: in all 73 ballots. */
function exampleOf(changes: Partial<Example>): Example {
  const places = ['north', 'south', 'islet'].map((id) => ({ id, name: id }));
  const ballots = [[40, 20, 1] as const, [0, 9, 1] as const, [0, 1, 1] as const];
  const cells = places.map(({ id }, at) => ({ place: id, cohort: ['x0'], ballots: ballots[at]! }));
  return { places, cohorts: [attribute('x', 1)], breakdowns: [['place']], k: 10, results: 'all', cells, ...changes };
}

function shownOf(example: Example, status: ReportStatus): Disclosure {
  return disclose({ status, counts: countsOf(example) }, example);
}

/** The report's numbers, added up from the cells in the plainest way. */
function countsOf(example: Example): Counts {
  const tables = example.breakdowns.map((dimensions) => {
    const rows = new Map<string, Cell[]>();
    for (const cell of example.cells) {
      const value = valueOf(example, dimensions, cell);
      rows.set(value, [...(rows.get(value) ?? []), cell]);
    }
    return { key: dimensions.join('/'), rows: [...rows].map(([value, cells]) => ({ value, cells })) };
  });
  return {
    turnout: tables.map(({ key, rows }) => ({
      key,
      rows: rows.map(({ value, cells }) => ({ value, eligible: 100, counted: add(cells, sum) })),
    })),
    contests: [
      {
        ...contestRow(example.cells),
        breakdowns: tables.map(({ key, rows }) => ({
          key,
          rows: rows.map(({ value, cells }) => ({ value, ...contestRow(cells) })),
        })),
      },
    ],
  } as unknown as Counts;
}

function contestRow(cells: readonly Cell[]): object {
  const votes = [add(cells, (ballots) => ballots[0]), add(cells, (ballots) => ballots[1])];
  return {
    counted: add(cells, sum),
    valid: votes[0]! + votes[1]!,
    blank: add(cells, (ballots) => ballots[2]),
    rejected: {},
    votes,
  };
}

function valueOf(example: Example, dimensions: Breakdown, cell: Cell): string {
  const ids = example.cohorts.map(({ id }) => id);
  return dimensions
    .map((dimension) => {
      if (dimension === 'place') return cell.place;
      return dimension === 'cohort' ? cell.cohort.join('|') || 'all' : cell.cohort[ids.indexOf(dimension)];
    })
    .join('/');
}

/** The oracle's side: which cells a row of a breakdown is made of. */
function indicator(example: Example, key: string, values: readonly string[]): number[] {
  const inner = (value: string): string[] =>
    value === 'inner' ? (example.places.at(-1)?.places ?? []).map(({ id }) => id) : [value];
  const wanted = new Set(values.flatMap(inner));
  return example.cells.map((cell) => (wanted.has(valueOf(example, key.split('/'), cell)) ? 1 : 0));
}

function publishedSums(example: Example, breakdowns: Disclosure['breakdowns']): number[][] {
  return breakdowns.flatMap(({ key, rows }) =>
    rows.flatMap((row) => {
      if (row.state === 'suppressed') return [];
      return [indicator(example, key, row.state === 'merged' ? row.values : [row.value])];
    }),
  );
}

function everyRow(example: Example, breakdowns: Disclosure['breakdowns']): { key: string; value: string }[] {
  return breakdowns.flatMap(({ key }) => {
    const values = new Set(example.cells.map((cell) => valueOf(example, key.split('/'), cell)));
    if (key === 'place' && example.places.at(-1)?.id === 'inner') values.add('inner');
    return [...values].map((value) => ({ key, value }));
  });
}

const PRIME = 1_000_003; // products of two remainders are exact in a double

/** Rows in echelon form over the integers modulo a prime, which small 0/1 sums do not notice. */
function rowSpace(rows: readonly number[][]): number[][] {
  const basis: number[][] = [];
  for (const row of rows) {
    const rest = reduce(basis, row);
    const lead = rest.findIndex((weight) => weight !== 0);
    if (lead >= 0) basis.push(rest.map((weight) => (weight * inverse(rest[lead]!)) % PRIME));
  }
  return basis;
}

function inSpan(basis: readonly number[][], row: readonly number[]): boolean {
  return reduce(basis, row).every((weight) => weight === 0);
}

function reduce(basis: readonly number[][], row: readonly number[]): number[] {
  let rest = [...row];
  for (const one of basis) {
    const factor = rest[one.findIndex((weight) => weight !== 0)]!;
    rest = rest.map((weight, at) => (((weight - factor * one[at]!) % PRIME) + PRIME) % PRIME);
  }
  return rest;
}

function inverse(number: number): number {
  let result = 1;
  let base = number;
  for (let power = PRIME - 2; power > 0; power = Math.floor(power / 2)) {
    if (power % 2 === 1) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}

function weigh(example: Example, weights: readonly number[], of: (ballots: Cell['ballots']) => number = sum): number {
  return example.cells.reduce((total, cell, at) => total + weights[at]! * of(cell.ballots), 0);
}

function add(cells: readonly Cell[], of: (ballots: Cell['ballots']) => number): number {
  return cells.reduce((total, cell) => total + of(cell.ballots), 0);
}

function sum(ballots: Cell['ballots']): number {
  return ballots[0] + ballots[1] + ballots[2];
}
