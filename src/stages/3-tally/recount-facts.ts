import type { FoldRules } from '../../election/decide.ts';
import type { Election } from '../../election/election.ts';
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

export function gatherFacts(events: readonly Event[]): Facts {
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
    ownerOf: ownersOf(events.filter((event) => event.type === 'issued')),
  };
}

/** A block of 1,024 serials: whose they are, and the end of those issued. */
interface Block {
  readonly owner: Owner;
  readonly end: number;
}

/** Issues that go on where their source was and touch no serial issued before; the others are void. */
function ownersOf(issues: readonly Extract<Event, { type: 'issued' }>[]): (serial: number) => Owner | undefined {
  const blocks = new Map<number, Block>();
  const peopleSoFar = new Map<string, number>();
  for (const { source, upTo, runs } of issues) {
    const fresh = runs.flatMap(([first, count, place, cohort]) => blocksOf(first, first + count, { place, cohort }));
    const people = (peopleSoFar.get(source) ?? 0) + runs.reduce((sum, [, count]) => sum + count, 0);
    if (people !== upTo || !fresh.every((block) => goesOn(block, blocks.get(block.number)))) continue;
    for (const { number, owner, end } of fresh) blocks.set(number, { owner, end });
    peopleSoFar.set(source, upTo);
  }
  return (serial) => {
    const block = blocks.get(Math.floor(serial / 1024));
    return block !== undefined && serial < block.end ? block.owner : undefined;
  };
}

interface FreshBlock extends Block {
  readonly number: number;
  readonly start: number;
}

function blocksOf(first: number, end: number, owner: Owner): FreshBlock[] {
  const blocks: FreshBlock[] = [];
  for (let number = Math.floor(first / 1024); number * 1024 < end; number++) {
    blocks.push({
      number,
      owner,
      start: Math.max(first, number * 1024),
      end: Math.min(end, (number + 1) * 1024),
    });
  }
  return blocks;
}

/** At the start of a block that nobody has, or right behind what its own place and cohort has of it. */
function goesOn({ number, start, owner }: FreshBlock, before: Block | undefined): boolean {
  if (before === undefined) return start === number * 1024;
  return start === before.end && owner.place === before.owner.place && owner.cohort === before.owner.cohort;
}
