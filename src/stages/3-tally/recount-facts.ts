import type { FoldRules } from '../../election/decide.ts';
import type { Election } from '../../election/election.ts';
import { cohortIds, leaves } from '../../election/space.ts';
import { LivetallyError } from '../../error.ts';
import type { Event } from '../../topics/events.ts';

/** What the events say, gathered for the recount without the tally's roll. */
export interface Facts extends Pick<FoldRules, 'partitions' | 'closed' | 'excludedRanges'> {
  readonly election: Election;
  readonly excludedSerials: ReadonlySet<number>;
  readonly ownerOf: (serial: number) => Owner | undefined;
}

interface Owner {
  readonly place: string;
  readonly cohort: string;
}

/** An event, and where it stands. */
export interface PlacedEvent {
  readonly offset: number;
  readonly event: Event;
}

/** Throws LT_NO_ELECTION; LT_EVENT_UNKNOWN for issues that no livetally writes. */
export function gatherFacts(placed: readonly PlacedEvent[]): Facts {
  const events = placed.map(({ event }) => event);
  const [defined] = events;
  if (defined?.type !== 'defined') {
    throw new LivetallyError('LT_NO_ELECTION', 'The log holds no election.', { next: 'Run `livetally start` first.' });
  }
  const excluded = events.filter((event) => event.type === 'excluded');
  return {
    election: defined.election,
    partitions: defined.partitions,
    closed: events.findLast((event) => event.type === 'closed')?.ballots,
    excludedRanges: excluded.flatMap((event) => event.ranges),
    excludedSerials: new Set(excluded.flatMap((event) => event.serials)),
    ownerOf: ownersOf(defined.election, placed),
  };
}

/** A block of 1,024 serials: whose they are, and the end of those issued. */
interface Block {
  readonly owner: Owner;
  readonly end: number;
}

/** Those of the issues that stand where they were written for; the others are void. */
function ownersOf(election: Election, placed: readonly PlacedEvent[]): (serial: number) => Owner | undefined {
  const owners = new Set(
    leaves(election.places).flatMap(({ id }) => cohortIds(election.cohorts).map((cohort) => `${id} ${cohort}`)),
  );
  const blocks = new Map<number, Block>();
  const peopleSoFar = new Map<string, number>();
  for (const { offset, event } of placed) {
    if (event.type !== 'issued' || event.at !== offset) continue;
    let people = peopleSoFar.get(event.source) ?? 0;
    for (const [first, count, place, cohort] of event.runs) {
      if (!owners.has(`${place} ${cohort}`) || first + count > SERIALS) throw impossible(offset);
      for (const { number, start, end, owner } of blocksOf(first, first + count, { place, cohort })) {
        if (!goesOn(number, start, owner, blocks.get(number))) throw impossible(offset);
        blocks.set(number, { owner, end });
      }
      people += count;
    }
    if (people !== event.upTo) throw impossible(offset);
    peopleSoFar.set(event.source, people);
  }
  return (serial) => {
    const block = blocks.get(Math.floor(serial / 1024));
    return block !== undefined && serial < block.end ? block.owner : undefined;
  };
}

const SERIALS = 2 ** 32;

interface FreshBlock extends Block {
  readonly number: number;
  readonly start: number;
}

function* blocksOf(first: number, end: number, owner: Owner): Generator<FreshBlock> {
  for (let number = Math.floor(first / 1024); number * 1024 < end; number++) {
    yield {
      number,
      owner,
      start: Math.max(first, number * 1024),
      end: Math.min(end, (number + 1) * 1024),
    };
  }
}

/** At the start of a block that nobody has, or right behind what its own place and cohort has of it. */
function goesOn(number: number, start: number, owner: Owner, before: Block | undefined): boolean {
  if (before === undefined) return start === number * 1024;
  return start === before.end && owner.place === before.owner.place && owner.cohort === before.owner.cohort;
}

function impossible(offset: number): LivetallyError {
  return new LivetallyError('LT_EVENT_UNKNOWN', `The issue at ${offset} of the events cannot be as it is.`, {
    next: 'Something other than livetally wrote to the events of this election: it cannot be counted.',
  });
}
