import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unitOfSerial } from '../../src/election/roll.ts';
import { allocate } from '../../src/stages/1-register/issue.ts';
import { gatherFacts } from '../../src/stages/3-tally/recount-facts.ts';
import type { Event } from '../../src/topics/events.ts';
import { applyEvent, type Life } from '../../src/topics/life.ts';
import { smallElection } from '../small-election.ts';

const election = smallElection();
const DEFINED: Event = { type: 'defined', election, hash: 'h', partitions: 1 };
const SOURCES = ['one', 'two'] as const;

/** An issue as a register makes it that has read only some of the issues before: with `behind` 0 it has read all. */
interface Attempt {
  readonly source: (typeof SOURCES)[number];
  readonly behind: number;
  readonly wanted: readonly (readonly [unit: number, people: number])[];
  /** How often it is written, as after an append that nobody acknowledged. */
  readonly times: number;
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  source: fc.constantFrom(...SOURCES),
  behind: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 3 }) }),
  wanted: fc.uniqueArray(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 1500 })), {
    minLength: 1,
    maxLength: 3,
    selector: ([unit]) => unit,
  }),
  times: fc.integer({ min: 1, max: 3 }),
});

function lifeOf(events: readonly Event[]): Life {
  return events.reduce<Life | undefined>((life, event, offset) => applyEvent(life, event, offset), undefined)!;
}

function issueBy({ source, behind, wanted }: Attempt, events: readonly Event[]): Event {
  const { roll, registered } = lifeOf(events.slice(0, Math.max(1, events.length - behind)));
  const people = wanted.reduce((sum, [, count]) => sum + count, 0);
  const upTo = (registered.get(source) ?? 0) + people;
  return { type: 'issued', source, upTo, runs: allocate(roll, new Map(wanted)) };
}

it('[R13] [R2] however often issues are written, and by whom at once: no serial twice, and tally and recount agree whose each is', () => {
  let voids = 0;
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 10 }), (attempts) => {
      const events: Event[] = [DEFINED];
      let handedOut = 0;
      for (const one of attempts) {
        const event = issueBy(one, events);
        for (let time = 0; time < one.times; time++) {
          const before = lifeOf(events).roll.total;
          events.push(event);
          const { roll, issues } = lifeOf(events);
          const isValid = issues.at(-1)?.offset === events.length - 1;
          if (one.behind === 0) expect(isValid).toBe(time === 0);
          if (!isValid) voids++;
          handedOut += roll.total - before;
        }
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
  expect(voids).toBeGreaterThan(20);
});
