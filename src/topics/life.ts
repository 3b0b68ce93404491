import type { Election } from '../election/election.ts';
import { emptyRoll, issue, type Roll } from '../election/roll.ts';
import { ballotSpace } from '../election/space.ts';
import { LivetallyError } from '../error.ts';
import type { Event, OffsetRange } from './events.ts';

/** What the events up to some offset say: the election, who may vote, where it closed. */
export interface Life {
  election: Election;
  readonly hash: string;
  readonly partitions: number;
  readonly roll: Roll;
  /** People registered so far, by source. */
  readonly registered: Map<string, number>;
  opened: boolean;
  /** By partition: ballots at and after are late. */
  closed: readonly number[] | undefined;
  readonly excludedRanges: OffsetRange[];
  readonly excludedSerials: Set<number>;
}

/** Folds one event. `life` is undefined before the first, which must be `defined`. Changes and returns `life`. */
export function applyEvent(life: Life | undefined, event: Event): Life {
  if (life === undefined) {
    if (event.type !== 'defined') throw broken(`The first event is '${event.type}', not 'defined'.`);
    return born(event);
  }
  switch (event.type) {
    case 'defined':
      throw broken('The election is defined twice.');
    case 'described':
      life.election = event.election;
      return life;
    case 'issued':
      for (const run of event.runs) {
        const refusal = issue(life.roll, run);
        if (refusal !== undefined) throw broken(`An issue cannot be: ${refusal}.`);
      }
      life.registered.set(event.source, event.upTo);
      return life;
    case 'opened':
      life.opened = true;
      return life;
    case 'closed':
      if (event.ballots.length !== life.partitions) throw broken('A close does not name every partition.');
      life.closed = event.ballots;
      return life;
    case 'excluded':
      for (const range of event.ranges) life.excludedRanges.push(range);
      for (const serial of event.serials) life.excludedSerials.add(serial);
      return life;
    default:
      event satisfies never;
      return life;
  }
}

function born(event: Extract<Event, { type: 'defined' }>): Life {
  return {
    election: event.election,
    hash: event.hash,
    partitions: event.partitions,
    roll: emptyRoll(ballotSpace(event.election)),
    registered: new Map(),
    opened: false,
    closed: undefined,
    excludedRanges: [],
    excludedSerials: new Set(),
  };
}

function broken(message: string): LivetallyError {
  return new LivetallyError('LT_EVENT_UNKNOWN', message, {
    next: 'Something other than livetally wrote to the events of this election; use a data folder of its own.',
  });
}
