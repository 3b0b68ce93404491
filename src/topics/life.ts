import type { Election } from '../election/election.ts';
import { emptyRoll, issue, type IssuedRun, type Roll } from '../election/roll.ts';
import { ballotSpace } from '../election/space.ts';
import { LivetallyError } from '../error.ts';
import { isVoid, peopleOf, type Event, type Issued, type OffsetRange } from './events.ts';

/** What the events up to some offset say: the election, who may vote, where it closed. */
export interface Life {
  election: Election;
  readonly hash: string;
  readonly partitions: number;
  readonly roll: Roll;
  /** People registered so far, by source. */
  readonly registered: Map<string, number>;
  /** The last two issues, the newest last: no more can be unfinished. */
  issues: readonly Issue[];
  opened: boolean;
  /** Identity of the topic `ballots` when the polls were opened. */
  ballotsId: string | undefined;
  /** By partition: ballots at and after are late. */
  closed: readonly number[] | undefined;
  /** The engine run whose reports are the results; undefined: whichever publishes. */
  promoted: string | undefined;
  readonly excludedRanges: OffsetRange[];
  readonly excludedSerials: Set<number>;
}

/** That is not void: serials of people of one source, by index: `from` inclusive, `upTo` exclusive. */
export interface Issue {
  /** Of its event. */
  readonly offset: number;
  readonly source: string;
  readonly from: number;
  readonly upTo: number;
  readonly runs: readonly IssuedRun[];
  readonly by: string | undefined;
}

/**
 * Folds the event at `offset`. `life` is undefined before the first, which must be `defined`. Changes and returns `life`.
 *
 * What is written twice counts once, whoever wrote it: of several definitions the first, and of issues those that stand
 * at the offset that they name. So an append that was not acknowledged may be sent again, and of two registers at once
 * one is void. Throws LT_EVENT_UNKNOWN for what no livetally writes.
 */
export function applyEvent(life: Life | undefined, event: Event, offset: number): Life {
  if (life === undefined) {
    if (event.type !== 'defined') throw broken(`The first event is '${event.type}', not 'defined'.`);
    return born(event);
  }
  switch (event.type) {
    case 'defined':
      return life;
    case 'described':
      life.election = event.election;
      return life;
    case 'issued':
      applyIssue(life, event, offset);
      return life;
    case 'opened':
      life.opened = true;
      life.ballotsId ??= event.ballots;
      return life;
    case 'closed':
      if (event.ballots.length !== life.partitions) throw broken('A close does not name every partition.');
      life.closed = event.ballots;
      return life;
    case 'promoted':
      life.promoted = event.run;
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

const ISSUES_KEPT = 2;

/** Who wrote an issue that stands where it should had read all before it: it goes on where its source was. */
function applyIssue(life: Life, event: Issued, offset: number): void {
  if (isVoid(event, offset)) return;
  const { source, upTo, runs, by } = event;
  const from = life.registered.get(source) ?? 0;
  if (from + peopleOf(event) !== upTo) {
    throw broken(`An issue to people ${from} to ${upTo} of ${source} hands out ${peopleOf(event)} serials.`);
  }
  for (const run of runs) {
    const refusal = issue(life.roll, run);
    if (refusal !== undefined) throw broken(`An issue cannot be: ${refusal}.`);
  }
  life.registered.set(source, upTo);
  life.issues = [...life.issues, { offset, source, from, upTo, runs, by }].slice(-ISSUES_KEPT);
}

function born(event: Extract<Event, { type: 'defined' }>): Life {
  return {
    election: event.election,
    hash: event.hash,
    partitions: event.partitions,
    roll: emptyRoll(ballotSpace(event.election)),
    registered: new Map(),
    issues: [],
    opened: false,
    ballotsId: undefined,
    closed: undefined,
    promoted: undefined,
    excludedRanges: [],
    excludedSerials: new Set(),
  };
}

function broken(message: string): LivetallyError {
  return new LivetallyError('LT_EVENT_UNKNOWN', message, {
    next: 'Something other than livetally wrote to the events of this election; use a data folder of its own.',
  });
}
