import type { Election } from '../../election/election.ts';
import type { Serial } from '../../election/ids.ts';
import { unitIndex, type IssuedRun } from '../../election/roll.ts';
import { ballotSpace } from '../../election/space.ts';
import { ballotLine } from '../../topics/ballots.ts';
import { createDraws } from '../seeded-draws.ts';
import { createChoices } from './choices.ts';
import { createLeanings } from './leanings.ts';
import { createMalformed } from './malformed.ts';
import { createTurnout } from './turnout.ts';
import { placeOfUnit, sampleUnits } from './unit-sample.ts';

/** A line to be sent, without its text. */
export interface Cast {
  readonly kind: 'ballot' | 'repeat' | 'changed' | 'malformed';
  readonly serial: Serial;
  readonly unit: number;
  /** Where in its issue it comes: in [0, 1). */
  readonly moment: number;
}

/** The people of an issue who are registered: by unit, how many. */
export interface RegisteredRuns {
  readonly runs: readonly IssuedRun[];
  readonly registered: ReadonlyMap<number, number>;
}

export interface Caster {
  /** What the voters of an issue send, in order: the same for the same seed, election and issue. */
  castsOf(issue: RegisteredRuns): Cast[];
  lineOf(cast: Cast): string;
}

/** Each aspect of a serial has draws of its own; choices.ts goes on from 16. */
const FIELD = {
  dealt: 0,
  votes: 1,
  moment: 2,
  repeats: 3,
  repeatMoment: 4,
  repeatChanges: 5,
  malformed: 6,
  malformedMoment: 7,
  malformedKind: 8,
  malformedDetail: 9,
};

const CHANGES = 0.5;

/**
 * The seeded behaviour of voters. Everything about a ballot follows from the seed and its serial, so it does not
 * matter in what batches, at what rate or after how many restarts it is cast. Ballots of an issue come in an order
 * of their own: that of registration would tell who cast which.
 */
export function createCaster(election: Election, seed: string | number, turnoutShare: number): Caster {
  const space = ballotSpace(election);
  const draws = createDraws(`ballots/${seed}`);
  const sample = sampleUnits(election, space);
  const turnout = createTurnout(election, space, sample, turnoutShare, createDraws(`turnout/${seed}`));
  const leanings = createLeanings(election, space, sample, turnout, createDraws(`leanings/${seed}`));
  const choose = createChoices(election, leanings, draws);
  const malformedLine = createMalformed(space, draws, FIELD.malformedKind, FIELD.malformedDetail);
  const { repeats, malformed } = election.simulation;

  function* castsOfVoter(serial: Serial, unit: number): Generator<Cast> {
    const moment = draws.unit(serial, FIELD.moment);
    yield { kind: 'ballot', serial, unit, moment };
    if (draws.unit(serial, FIELD.repeats) < repeats) {
      const kind = draws.unit(serial, FIELD.repeatChanges) < CHANGES ? 'changed' : 'repeat';
      yield { kind, serial, unit, moment: moment + (1 - moment) * draws.unit(serial, FIELD.repeatMoment) };
    }
    if (draws.unit(serial, FIELD.malformed) < malformed) {
      yield { kind: 'malformed', serial, unit, moment: draws.unit(serial, FIELD.malformedMoment) };
    }
  }

  return {
    castsOf({ runs, registered }) {
      const casts: Cast[] = [];
      for (const [unit, serials] of serialsByUnit(runs, (place, cohort) => unitIndex(space, place, cohort)!)) {
        const chance = turnout(unit);
        for (const serial of dealt(serials, registered.get(unit) ?? 0)) {
          if (draws.unit(serial, FIELD.votes) < chance) casts.push(...castsOfVoter(serial, unit));
        }
      }
      return casts.sort((left, right) => left.moment - right.moment);
    },

    lineOf({ kind, serial, unit }) {
      const place = space.places[placeOfUnit(space, unit)]!;
      const cohort = space.cohorts[unit % space.cohorts.length]!;
      if (kind === 'malformed') return malformedLine(serial, place, cohort);
      return ballotLine(serial, place, cohort, choose(serial, unit, kind === 'changed'));
    },
  };

  /** As many of the serials as there are people, in no order; all of them unless registrations are gone. */
  function dealt(serials: readonly Serial[], people: number): readonly Serial[] {
    if (people >= serials.length) return serials;
    const shuffled = serials.map((serial) => ({ serial, at: draws.unit(serial, FIELD.dealt) }));
    shuffled.sort((left, right) => left.at - right.at);
    return shuffled.slice(0, people).map(({ serial }) => serial);
  }
}

function serialsByUnit(
  runs: readonly IssuedRun[],
  unitOf: (place: string, cohort: string) => number,
): Map<number, Serial[]> {
  const byUnit = new Map<number, Serial[]>();
  for (const [first, count, place, cohort] of runs) {
    const unit = unitOf(place, cohort);
    const serials = byUnit.get(unit) ?? [];
    byUnit.set(unit, serials);
    for (let serial = first; serial < first + count; serial++) serials.push(serial as Serial);
  }
  return byUnit;
}
