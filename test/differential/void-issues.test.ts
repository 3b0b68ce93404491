import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unitOfSerial, type IssuedRun } from '../../src/election/roll.ts';
import { allocate } from '../../src/stages/1-register/issue.ts';
import { gatherFacts, type PlacedEvent } from '../../src/stages/3-tally/recount-facts.ts';
import type { Event } from '../../src/topics/events.ts';
import { applyEvent, type Life } from '../../src/topics/life.ts';
import { smallElection } from '../small-election.ts';

const election = smallElection();
const DEFINED: PlacedEvent = { offset: 0, event: { type: 'defined', election, hash: 'h', partitions: 1 } };
const SOURCES = ['one', 'two'] as const;

/** An issue as a register makes it that has read only some of the events before: with `behind` 0 it has read all. */
interface Attempt {
  readonly source: (typeof SOURCES)[number];
  readonly behind: number;
  readonly wanted: readonly (readonly [unit: number, people: number])[];
  /** How often it is written, as after an append that nobody acknowledged. */
  readonly times: number;
  /** Once more behind the next attempt, as what a broker gets from somebody who has given up. */
  readonly again: boolean;
  /** Another event just before it, that its register has not read. */
  readonly other: boolean;
  /** Offsets just before it at which nothing stands, and of which nobody can read. */
  readonly hole: number;
}

const rarely = { weight: 1, arbitrary: fc.constant(true) };
const mostlyNot = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, rarely);
const attempt: fc.Arbitrary<Attempt> = fc.record({
  source: fc.constantFrom(...SOURCES),
  behind: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 3 }) }),
  wanted: fc.uniqueArray(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 1500 })), {
    minLength: 1,
    maxLength: 3,
    selector: ([unit]) => unit,
  }),
  times: fc.integer({ min: 1, max: 3 }),
  again: mostlyNot,
  other: mostlyNot,
  hole: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) }),
});

function lifeOf(events: readonly PlacedEvent[]): Life {
  return events.reduce<Life | undefined>((life, { event, offset }) => applyEvent(life, event, offset), undefined)!;
}

function issueBy({ source, behind, wanted }: Attempt, events: readonly PlacedEvent[]): Event {
  const read = events.slice(0, Math.max(1, events.length - behind));
  const { roll, registered } = lifeOf(read);
  const people = wanted.reduce((sum, [, count]) => sum + count, 0);
  const upTo = (registered.get(source) ?? 0) + people;
  return { type: 'issued', at: endOf(read), source, upTo, runs: allocate(roll, new Map(wanted)) };
}

function endOf(events: readonly PlacedEvent[]): number {
  return events.at(-1)!.offset + 1;
}

it('[R13] [R2] however often issues are written, and by whom at once: no serial twice, and tally and recount agree whose each is', () => {
  const seen = { valid: 0, void: 0, displaced: 0 };
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 10 }), (attempts) => {
      const events: PlacedEvent[] = [DEFINED];
      let handedOut = 0;

      function write(event: Event, hole = 0): boolean {
        const before = lifeOf(events);
        const offset = endOf(events) + hole;
        events.push({ offset, event });
        const after = lifeOf(events);
        const isValid = after.issues.at(-1)?.offset === offset;
        const people = after.roll.total - before.roll.total;
        expect(people > 0).toBe(isValid);
        if (event.type === 'issued') seen[isValid ? 'valid' : 'void']++;
        handedOut += people;
        return isValid;
      }

      let late: Event | undefined;
      for (const one of attempts) {
        const event = issueBy(one, events);
        // Whoever lags behind nothing has read everything.
        const isAhead = event.type === 'issued' && event.at === endOf(events);
        const isDisplaced = one.other || one.hole > 0;
        if (one.other) write({ type: 'opened' });
        for (let time = 0; time < one.times; time++) {
          const isValid = write(event, time === 0 ? one.hole : 0);
          expect(isValid).toBe(isAhead && !isDisplaced && time === 0);
        }
        if (isAhead && isDisplaced) seen.displaced++;
        if (late !== undefined) expect(write(late)).toBe(false);
        late = one.again ? event : undefined;
      }

      const { roll } = lifeOf(events);
      const { ownerOf } = gatherFacts(events);
      let owned = 0;
      for (let serial = 0; serial < roll.extents * 1024; serial++) {
        const unit = unitOfSerial(roll, serial);
        const place = roll.space.places[Math.floor(unit / roll.space.cohorts.length)];
        const cohort = roll.space.cohorts[unit % roll.space.cohorts.length];
        expect(ownerOf(serial)).toEqual(unit < 0 ? undefined : { place, cohort });
        if (unit >= 0) owned++;
      }
      expect(owned).toBe(handedOut);
    }),
    { numRuns: 60 },
  );
  expect(seen.void).toBeGreaterThan(20);
  expect(seen.valid).toBeGreaterThan(20);
  expect(seen.displaced).toBeGreaterThan(5);
});

const F = '18-64|f';
/** Of people 10 to 20, behind an issue of the serials 0 to 9 to n1. */
const IMPOSSIBLE: readonly (readonly [why: string, upTo: number, runs: readonly IssuedRun[]])[] = [
  ['fewer serials than people', 21, [[10, 10, 'n1', F]]],
  ['more serials than people', 19, [[10, 10, 'n1', F]]],
  ['serials that were handed out before', 20, [[5, 10, 'n1', F]]],
  ['serials twice', 30, [[10, 10, 'n1', F], [10, 10, 'n1', F]]], // prettier-ignore
  ['serials that leave some out', 20, [[11, 10, 'n1', F]]],
  ['serials in the middle of what nobody has', 20, [[1025, 10, 'n1', F]]],
  ['serials among those of another place', 20, [[10, 10, 'n2', F]]],
  ['serials over those of another place', 20, [[0, 10, 'n2', F]]],
  ['serials of a place that is not there', 20, [[1024, 10, 'n9', F]]],
  ['serials of a cohort that is not there', 20, [[1024, 10, 'n1', '18-64']]],
  ['serials that are none', 20, [[2 ** 32 - 5, 10, 'n1', F]]],
];

it.each(IMPOSSIBLE)('[R13] [R2] what stands where it should and hands out %s is refused by both', (_, upTo, runs) => {
  const first: Event = { type: 'issued', at: 1, source: 'one', upTo: 10, runs: [[0, 10, 'n1', F]] };
  const events = (event: Event, offset: number): PlacedEvent[] => [
    DEFINED,
    { offset: 1, event: first },
    { offset, event },
  ];
  const refusal = expect.objectContaining({ code: 'LT_EVENT_UNKNOWN' });
  const wrong: Event = { type: 'issued', at: 2, source: 'one', upTo, runs };
  expect(() => lifeOf(events(wrong, 2))).toThrow(refusal);
  expect(() => gatherFacts(events(wrong, 2))).toThrow(refusal);
  // Elsewhere it is void, whatever it says.
  expect(lifeOf(events(wrong, 3)).roll.total).toBe(10);
  expect(gatherFacts(events(wrong, 3)).ownerOf(10)).toBeUndefined();
  const right: Event = { type: 'issued', at: 2, source: 'one', upTo: 20, runs: [[10, 10, 'n1', F]] };
  expect(lifeOf(events(right, 2)).roll.total).toBe(20);
  expect(gatherFacts(events(right, 2)).ownerOf(19)).toEqual({ place: 'n1', cohort: F });
});
