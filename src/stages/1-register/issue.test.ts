import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyRoll, issue, unitOfSerial, type IssuedRun, type Roll } from '../../election/roll.ts';
import { ballotSpace } from '../../election/space.ts';
import { allocate, countUnits, deal } from './issue.ts';

const space = ballotSpace({
  places: [
    { id: 'north', name: 'North' },
    { id: 'south', name: 'South' },
  ],
  cohorts: [{ id: 'sex', name: 'Sex', values: ['f', 'm', 'x'].map((id) => ({ id, name: id })) }],
  breakdowns: [['place'], ['cohort']],
});
const UNITS = 6;

const wantedLists = fc.array(
  fc.dictionary(fc.integer({ min: 0, max: UNITS - 1 }).map(String), fc.integer({ min: 1, max: 2500 }), {
    maxKeys: UNITS,
  }),
  { minLength: 1, maxLength: 8 },
);

/** Issues batch after batch; every run has to be one that the roll takes. */
function issueAll(roll: Roll, batches: readonly ReadonlyMap<number, number>[]): IssuedRun[] {
  const all: IssuedRun[] = [];
  for (const wanted of batches) {
    for (const run of allocate(roll, wanted)) {
      expect(issue(roll, run)).toBeUndefined();
      all.push(run);
    }
  }
  return all;
}

const asMaps = (lists: readonly Record<string, number>[]): Map<number, number>[] =>
  lists.map((list) => new Map(Object.entries(list).map(([unit, count]) => [Number(unit), count])));

test('[R2] every serial is issued once, to the unit that wanted it, and no unit gets more or fewer than it wanted', () => {
  fc.assert(
    fc.property(wantedLists, (lists) => {
      const batches = asMaps(lists);
      const owners = new Map<number, string>();
      for (const [first, count, place, cohort] of issueAll(emptyRoll(space), batches)) {
        for (let serial = first; serial < first + count; serial++) {
          if (owners.has(serial)) throw new Error(`serial ${serial} is issued twice`);
          owners.set(serial, `${place} ${cohort}`);
        }
      }
      const got = new Map<string, number>();
      for (const owner of owners.values()) got.set(owner, (got.get(owner) ?? 0) + 1);
      const wanted = new Map<string, number>();
      for (const batch of batches) {
        for (const [unit, count] of batch) {
          const name = `${['north', 'south'][Math.trunc(unit / 3)]} ${['f', 'm', 'x'][unit % 3]}`;
          wanted.set(name, (wanted.get(name) ?? 0) + count);
        }
      }
      expect(got).toEqual(wanted);
    }),
    { numRuns: 60 },
  );
});

test('[R2] the serials of 1,024 that share an extent never mix units', () => {
  fc.assert(
    fc.property(wantedLists, (lists) => {
      const ownerOfExtent = new Map<number, string>();
      for (const [first, count, place, cohort] of issueAll(emptyRoll(space), asMaps(lists))) {
        for (const serial of [first, first + count - 1]) {
          const extent = Math.floor(serial / 1024);
          expect(ownerOfExtent.get(extent) ?? `${place} ${cohort}`).toBe(`${place} ${cohort}`);
          ownerOfExtent.set(extent, `${place} ${cohort}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('[R2] an issue goes on in the open extent before it takes a fresh one', () => {
  const roll = emptyRoll(space);
  issueAll(roll, [new Map([[0, 1000], [4, 5]])]); // prettier-ignore
  expect(allocate(roll, new Map([[0, 30]]))).toEqual([
    [1000, 24, 'north', 'f'],
    [2048, 6, 'north', 'f'],
  ]);
});

test('[R2] allocating reads the roll and changes nothing', () => {
  const roll = emptyRoll(space);
  issueAll(roll, [new Map([[1, 1500]])]);
  const before = structuredClone({ ...roll, space: undefined });
  allocate(roll, new Map([[1, 5000]]));
  expect({ ...roll, space: undefined }).toEqual(before);
});

test('[R2] people beyond the last of 2^32 serials are refused', () => {
  const roll = emptyRoll(space);
  expect(() => allocate(roll, new Map([[0, 2 ** 32]]))).not.toThrow();
  expect(() => allocate(roll, new Map([[0, 2 ** 32 - 1023], [1, 1]]))).toThrow(/serials/); // prettier-ignore
});

test('[R3] dealing gives every issued serial to one person of its own unit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: UNITS - 1 }), { minLength: 1, maxLength: 3000 }), (units) => {
      const roll = emptyRoll(space);
      const runs = allocate(roll, countUnits(units));
      for (const run of runs) issue(roll, run);
      const serials = deal(space, runs, units);
      expect(new Set(serials).size).toBe(units.length);
      expect(serials.map((serial) => unitOfSerial(roll, serial))).toEqual(units);
    }),
    { numRuns: 30 },
  );
});

test('[R3] within an issue serials are dealt shuffled, never next-in-line', () => {
  const roll = emptyRoll(space);
  const units = Array.from({ length: 4000 }, () => 2);
  const serials = deal(space, allocate(roll, countUnits(units)), units);
  const nextInLine = serials.filter((serial, at) => at > 0 && serial === serials[at - 1]! + 1).length;
  expect(nextInLine).toBeLessThan(20); // about 1 expected of a fair shuffle, 3,999 in line
  expect(serials.filter((serial, at) => serial === at).length).toBeLessThan(20);
});

test('[R3] each of the orders of three is dealt about as often', () => {
  const roll = emptyRoll(space);
  const runs = allocate(roll, new Map([[0, 3]]));
  const seen = new Map<string, number>();
  for (let round = 0; round < 6000; round++) {
    const order = deal(space, runs, [0, 0, 0]).join();
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const times of seen.values()) expect(Math.abs(times - 1000)).toBeLessThan(180); // six standard deviations
});

test('[R3] what is taken already is not dealt again', () => {
  const roll = emptyRoll(space);
  const runs = allocate(roll, new Map([[0, 5]]));
  expect(deal(space, runs, [0, 0], new Set([0, 2, 4])).sort((one, other) => one - other)).toEqual([1, 3]);
});
