import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Tally } from '../../election/tally.ts';
import { smallElection } from '../../../test/small-election.ts';
import type { TallyRecord } from '../../topics/tallies.ts';
import { ClusterCells } from './cluster-cells.ts';

const election = smallElection({ breakdowns: [['place'], ['place', 'age']] });
const PARTITIONS = 2;

/** A ballot as a cluster counts it; without a place, a line that is invalid. */
interface Line {
  readonly partition: number;
  readonly place: string | undefined;
  readonly mayor: string;
}

const line: fc.Arbitrary<Line> = fc.record({
  partition: fc.nat({ max: PARTITIONS - 1 }),
  place: fc.constantFrom('n1', 'n2', 's1', undefined),
  mayor: fc.constantFrom('', 'ann', 'bob', '?'),
});

/** Cells of all lines so far, as a cluster holds them. */
class Bench {
  readonly cells = new Map<string, TallyRecord>();
  readonly #lines: Line[] = [];

  /** What a batch writes: what it changed, in any order. */
  batch(lines: readonly Line[], shuffle: (records: TallyRecord[]) => TallyRecord[]): TallyRecord[] {
    this.#lines.push(...lines);
    const changed = new Map<string, TallyRecord>();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = this.#lines.filter((one) => one.partition === partition);
      const counted = own.filter(({ place }) => place !== undefined);
      if (own.length > 0) changed.set(`${partition}`, { run: 'r', partition, ledger: ledgerOf(own, counted.length) });
      for (const { place, mayor } of counted) {
        for (const [contest, breakdown, value, list] of rowsOf(place!, mayor)) {
          const key = contest === undefined ? `${breakdown} ${value}` : `${contest} ${breakdown} ${value} ${list}`;
          const at = `${partition} ${key}`;
          const before = changed.get(at);
          const ballots = before !== undefined && 'ballots' in before ? before.ballots + 1 : 1;
          changed.set(at, { run: 'r', partition, contest, breakdown, key, ballots });
        }
      }
    }
    const records = [...changed].filter(
      ([at, record]) => JSON.stringify(this.cells.get(at)) !== JSON.stringify(record),
    );
    for (const [at, record] of records) this.cells.set(at, record);
    return shuffle(records.map(([, record]) => record));
  }

  tally(partition: number): Tally {
    const cells = new ClusterCells(election, PARTITIONS);
    for (const record of this.cells.values()) if (record.partition === partition) cells.take(record);
    return cells.tally();
  }
}

function ledgerOf(lines: readonly Line[], counted: number): Extract<TallyRecord, { ledger: object }>['ledger'] {
  const form = lines.length - counted;
  const none = { strays: 0, late: 0, excluded: 0, partition: 0, unissued: 0, unit: 0 };
  return { ...none, lines: lines.length, position: lines.length, spent: counted, counted, form };
}

function rowsOf(place: string, mayor: string): (readonly [string | undefined, string, string, string])[] {
  const values = [
    ['*', '*'],
    ['place', place],
    ['place/age', `${place}/65+`],
  ] as const;
  const turnout = values.slice(1).map(([breakdown, value]) => [undefined, breakdown, value, ''] as const);
  const cells = values.flatMap(([breakdown, value]) => [
    ['mayor', breakdown, value, mayor] as const,
    ['parks', breakdown, value, ''] as const,
  ]);
  return [...turnout, ...cells];
}

it('[E2] cells that come one by one show only what a whole batch has counted, by partition, and never less than before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(line, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (batches, numbers) => {
        const bench = new Bench();
        const shown = new ClusterCells(election, PARTITIONS);
        const wholes: Tally[][] = Array.from({ length: PARTITIONS }, (_, partition) => [bench.tally(partition)]);
        let before = shown.position;
        for (const lines of batches) {
          const records = bench.batch(lines, (some) => shuffled(some, numbers));
          wholes.forEach((tallies, partition) => tallies.push(bench.tally(partition)));
          for (const record of records) {
            shown.take(record);
            const now = shown.position;
            expect(now.every((end, partition) => end >= before[partition]!)).toBe(true);
            before = now;
            const { lines: linesShown, outcomes, ballots } = shown.tally();
            const sum = now.reduce((total, end) => total + end, 0);
            expect([linesShown, outcomes.repeat]).toEqual([sum, 0]);
            const inPlaces = ['n1', 'n2', 's1'].map((place) => ballots.get(`place ${place}`) ?? 0);
            expect(inPlaces.reduce((total, number) => total + number, 0)).toBe(outcomes.counted);
          }
          expect(shown.unfinished).toEqual([]);
        }
        const ends = wholes.map((tallies) => tallies.at(-1)!);
        expect(shown.tally().lines).toBe(ends.reduce((sum, { lines }) => sum + lines, 0));
        for (const { cells } of ends)
          for (const [key, number] of cells) expect(shown.tally().cells.get(key)).toBeGreaterThanOrEqual(number);
      },
    ),
    { numRuns: 100 },
  );
});

it('[E2] a partition of which a cell is missing stays what it was', () => {
  const bench = new Bench();
  const lines = [{ partition: 0, place: 'n1', mayor: 'ann' }];
  const cells = new ClusterCells(election, PARTITIONS);
  for (const record of bench.batch(lines, (some) => some)) cells.take(record);
  const whole = cells.tally();
  const records = bench.batch(lines, (some) => some);
  for (const missing of records) {
    const without = new ClusterCells(election, PARTITIONS);
    for (const record of new Bench().batch(lines, (some) => some)) without.take(record);
    for (const record of records) if (record !== missing) without.take(record);
    expect(without.tally()).toEqual(whole);
    expect(without.unfinished).toEqual([0]);
    // The first line is of partition 0; both have been counted once its ledger is there.
    expect(without.reached).toEqual(['ledger' in missing ? 1 : 2, 0]);
    without.take(missing);
    expect(without.tally().outcomes.counted).toBe(2);
  }
});

function shuffled<Item>(items: readonly Item[], numbers: Iterator<number>): Item[] {
  const left = [...items];
  return items.map(() => left.splice(numbers.next().value! % left.length, 1)[0]!);
}
