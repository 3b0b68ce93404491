import type { BallotGroups } from '../../election/ballot-groups.ts';
import { addBallots, emptySums, wholeBallot, type Sums } from '../../election/whole-ballot.ts';
import type { Log } from '../../ports/log.ts';
import { linesOf } from '../../topics/ballots.ts';
import type { Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import { createPlainFold, readEvents, recordsBelow } from '../3-tally/plain-fold.ts';
import { addEqual, takeEqual, type EqualBallots } from '../3-tally/recount-ballots.ts';
import { gatherFacts, type Facts } from '../3-tally/recount-facts.ts';

/** What to read, and what memory may hold. */
export interface EqualBallotsOptions {
  readonly log: Log;
  readonly electionId: string;
  readonly to: Position;
  readonly groups: BallotGroups;
  /** Distinct ballots of all groups kept at once; what is more is left to another pass. */
  readonly most?: number | undefined;
  /** In records of `ballots`, of the pass under way. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One reading of the log. */
export interface Pass {
  /** By group, and the same in every pass. */
  readonly totals: readonly GroupTotal[];
  /** Group number, space, ballot → how many counted ballots of the group are equal. All passes together have each once. */
  readonly equal: ReadonlyMap<string, number>;
}

export interface GroupTotal {
  counted: number;
  readonly sums: Sums;
}

/** Each takes a few hundred bytes. */
const MOST_KEPT = 500_000;
/** Lines that differ, kept before they are taken apart. */
const MOST_LINES = 100_000;

/**
 * Counts equal ballots by group, in as many passes over the log as memory asks for: a pass that meets too many goes on
 * with half of them, by a hash, and leaves the other half to a later one.
 */
export async function* equalBallots(options: EqualBallotsOptions): AsyncGenerator<Pass> {
  const { log, electionId, to } = options;
  const { events } = await readEvents(log, electionId, to.events);
  const facts = gatherFacts(events);
  const shares: Share[] = [{ bits: 0, value: 0 }];
  for (let share = shares.pop(); share !== undefined; share = shares.pop()) {
    const kept = createKept(share, options.most ?? MOST_KEPT);
    const totals = await readBallots(options, facts, kept.add);
    shares.push(...kept.left());
    yield { totals, equal: kept.equal };
  }
}

/** Those of which the lowest `bits` of the hash are `value`. */
interface Share {
  readonly bits: number;
  readonly value: number;
}

interface Kept {
  readonly equal: ReadonlyMap<string, number>;
  readonly add: (key: string, ballots: number) => void;
  /** What another pass has to keep. */
  left(): Share[];
}

function createKept(share: Share, most: number): Kept {
  const equal = new Map<string, number>();
  const left: Share[] = [];
  let { bits } = share;
  const { value } = share;
  const isOurs = (key: string): boolean => (hashOf(key) & (2 ** bits - 1)) === value;

  function halve(): void {
    left.push({ bits: bits + 1, value: value + 2 ** bits });
    bits++;
    for (const key of equal.keys()) if (!isOurs(key)) equal.delete(key);
  }

  return {
    equal,
    add(key, ballots) {
      if (!isOurs(key)) return;
      equal.set(key, (equal.get(key) ?? 0) + ballots);
      while (equal.size > most && bits < 30) halve();
    },
    left: () => left,
  };
}

/** FNV-1a, of text in ASCII: spreads keys evenly, no more is asked of it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

async function readBallots(
  { log, electionId, to, groups, onProgress, signal }: EqualBallotsOptions,
  facts: Facts,
  add: Kept['add'],
): Promise<GroupTotal[]> {
  const { election, partitions } = facts;
  const topic = topicName(electionId, 'ballots');
  const totals = groups.names.map((): GroupTotal => ({ counted: 0, sums: emptySums(election) }));
  const equal: EqualBallots = new Map();
  const total = to.ballots.reduce((sum, end) => sum + end, 0);
  let done = 0;

  function takeAll(): void {
    takeEqual(equal, ({ place, cohort }, choices, ballots) => {
      const group = groups.groupOf(place, cohort);
      const ballot = wholeBallot(election, choices);
      totals[group]!.counted += ballots;
      addBallots(totals[group]!.sums, election, ballot, ballots);
      add(`${group} ${ballot}`, ballots);
    });
  }

  for (const [partition, end] of to.ballots.entries()) {
    const fold = createPlainFold(facts, partition);
    for await (const { offset, value } of recordsBelow(log, topic, partition, partitions, end)) {
      signal?.throwIfAborted();
      for (const line of linesOf(value)) if (fold(offset, line).outcome === 'counted') addEqual(equal, line);
      if (equal.size > MOST_LINES) takeAll();
      onProgress?.(++done, total);
    }
  }
  takeAll();
  return totals;
}
