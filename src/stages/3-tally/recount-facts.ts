import type { FoldRules } from '../../election/decide.ts';
import type { Election } from '../../election/election.ts';
import type { IssuedRun } from '../../election/roll.ts';
import { LivetallyError } from '../../error.ts';
import type { Event } from '../../topics/events.ts';

/** What the events say, gathered for the recount without the tally's roll. */
export interface Facts extends Pick<FoldRules, 'partitions' | 'closed' | 'excludedRanges'> {
  readonly election: Election;
  readonly excludedSerials: ReadonlySet<number>;
  ownerOf(serial: number): Owner | undefined;
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
  const runs = events.filter((event) => event.type === 'issued').flatMap((event) => event.runs);
  return {
    election: defined.election,
    partitions: defined.partitions,
    closed: events.findLast((event) => event.type === 'closed')?.ballots,
    excludedRanges: excluded.flatMap((event) => event.ranges),
    excludedSerials: new Set(excluded.flatMap((event) => event.serials)),
    ownerOf: ownersOf(runs),
  };
}

/** By block of 1,024 serials: whose they are, and the end of those issued. */
function ownersOf(runs: readonly IssuedRun[]): (serial: number) => Owner | undefined {
  const blocks = new Map<number, { owner: Owner; end: number }>();
  for (const [first, count, place, cohort] of runs) {
    for (let block = Math.floor(first / 1024); block * 1024 < first + count; block++) {
      blocks.set(block, { owner: { place, cohort }, end: Math.min(first + count, (block + 1) * 1024) });
    }
  }
  return (serial) => {
    const block = blocks.get(Math.floor(serial / 1024));
    return block !== undefined && serial < block.end ? block.owner : undefined;
  };
}
