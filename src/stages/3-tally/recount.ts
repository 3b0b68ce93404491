import { emptyTally, merge, type Tally } from '../../election/tally.ts';
import type { Log, LogRecord } from '../../ports/log.ts';
import { linesOf } from '../../topics/ballots.ts';
import type { Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import { createPlainFold, readEvents, recordsBelow } from './plain-fold.ts';
import { addEqual, countBallots, type EqualBallots } from './recount-ballots.ts';
import { gatherFacts, type Facts } from './recount-facts.ts';

/**
 * Counts the log again from zero with plain objects and a Map. It shares the grammar with the tally and nothing else: no
 * scanner, no bitmap, no roll, no columns, so that a fault there cannot hide here. Simple on purpose.
 */
export interface Recount {
  readonly tally: Tally;
  readonly position: Position;
}

export interface RecountOptions {
  /** Default: the ends of the log now. */
  readonly to?: Position;
  /** Default: all of them. */
  readonly partitions?: readonly number[];
  readonly onProgress?: (progress: RecountProgress) => void;
  readonly signal?: AbortSignal;
}

/** In records of `ballots`, and the lines read from them. */
export interface RecountProgress {
  readonly done: number;
  readonly total: number;
  readonly lines: number;
}

/** Partitions hold disjoint serials, so each is counted alone, and the tallies are merged. */
export async function recount(log: Log, electionId: string, options: RecountOptions = {}): Promise<Recount> {
  const { onProgress, signal } = options;
  const topic = topicName(electionId, 'ballots');
  // The ends first: an issue is durable before its serials are used, so the events read after them hold every issue.
  const ballots = options.to?.ballots ?? (await endsOf(log, electionId));
  const { events, end } = await readEvents(log, electionId, options.to?.events ?? Infinity);
  const facts = gatherFacts(events);
  const partitions = options.partitions ?? ballots.map((_, partition) => partition);
  const progress = { done: 0, total: partitions.reduce((sum, partition) => sum + ballots[partition]!, 0), lines: 0 };

  let tally = emptyTally();
  for (const partition of partitions) {
    const counted = createPartitionCount(facts, partition);
    for await (const record of recordsBelow(log, topic, partition, facts.partitions, ballots[partition]!)) {
      signal?.throwIfAborted();
      progress.lines += counted.take(record);
      progress.done++;
      onProgress?.(progress);
    }
    tally = merge(tally, counted.finish());
  }
  return { tally, position: { events: end, ballots } };
}

interface PartitionCount {
  /** Counts the lines of a record, and says how many they were. */
  take(record: LogRecord): number;
  finish(): Tally;
}

function createPartitionCount(facts: Facts, partition: number): PartitionCount {
  const tally = emptyTally();
  const fold = createPlainFold(facts, partition);
  const equal: EqualBallots = new Map();

  function takeLine(offset: number, text: string): void {
    tally.lines++;
    const decision = fold(offset, text);
    tally.outcomes[decision.outcome]++;
    if (decision.outcome === 'invalid') tally.invalid[decision.why]++;
    if (decision.outcome !== 'counted') return;
    tally.spent++;
    addEqual(equal, text);
  }

  return {
    take(record) {
      const lines = linesOf(record.value);
      for (const line of lines) takeLine(record.offset, line);
      if (equal.size > MOST_DISTINCT) countBallots(tally, facts.election, equal);
      return lines.length;
    },
    finish() {
      countBallots(tally, facts.election, equal);
      return tally;
    },
  };
}

/** Distinct ballots kept apart before they are counted; bounds the memory of a contest where nearly every ballot differs. */
const MOST_DISTINCT = 100_000;

async function endsOf(log: Log, electionId: string): Promise<number[]> {
  const topic = topicName(electionId, 'ballots');
  const { events } = await readEvents(log, electionId, 1);
  const { partitions } = gatherFacts(events);
  return Promise.all(Array.from({ length: partitions }, (_, partition) => log.end(topic, partition)));
}
