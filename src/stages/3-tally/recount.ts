import { decide, type FoldRules } from '../../election/decide.ts';
import { emptyTally, merge, type Tally } from '../../election/tally.ts';
import type { Log, LogRecord } from '../../ports/log.ts';
import { linesOf, matchLine } from '../../topics/ballots.ts';
import { decodeEvent, type Event } from '../../topics/events.ts';
import type { Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
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
  const events = await readEvents(log, electionId, options.to?.events ?? Infinity);
  const facts = gatherFacts(events);
  const partitions = options.partitions ?? ballots.map((_, partition) => partition);
  const progress = { done: 0, total: partitions.reduce((sum, partition) => sum + ballots[partition]!, 0), lines: 0 };

  let tally = emptyTally();
  for (const partition of partitions) {
    const counted = createPartitionCount(facts, partition);
    for await (const record of records(log, topic, partition, facts.partitions, ballots[partition]!)) {
      signal?.throwIfAborted();
      progress.lines += counted.take(record);
      progress.done++;
      onProgress?.(progress);
    }
    tally = merge(tally, counted.finish());
  }
  return { tally, position: { events: events.length, ballots } };
}

interface PartitionCount {
  /** Counts the lines of a record, and says how many they were. */
  take(record: LogRecord): number;
  finish(): Tally;
}

function createPartitionCount(facts: Facts, partition: number): PartitionCount {
  const tally = emptyTally();
  const spent = new Map<number, Uint8Array>();
  const equal: EqualBallots = new Map();
  const rules: FoldRules = {
    ...facts,
    isExcluded: (serial) => facts.excludedSerials.has(serial),
    unitOf: (serial) => facts.ownerOf(serial),
    isSpent: (serial) => spent.get(Math.floor(serial / 1024))?.[serial % 1024] === 1,
  };

  function takeLine(offset: number, text: string): void {
    tally.lines++;
    const line = matchLine(text);
    const decision = decide(rules, partition, offset, line);
    tally.outcomes[decision.outcome]++;
    if (decision.outcome === 'invalid') tally.invalid[decision.why]++;
    if (decision.outcome !== 'counted' || line === undefined) return;
    spend(spent, line.serial);
    tally.spent++;
    addEqual(equal, text.slice(text.indexOf(',')));
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

/** A byte a serial, since a Set of numbers holds 16.7 million at most. */
function spend(spent: Map<number, Uint8Array>, serial: number): void {
  const extent = Math.floor(serial / 1024);
  const bytes = spent.get(extent) ?? new Uint8Array(1024);
  bytes[serial % 1024] = 1;
  spent.set(extent, bytes);
}

async function readEvents(log: Log, electionId: string, limit: number): Promise<Event[]> {
  const topic = topicName(electionId, 'events');
  const events: Event[] = [];
  for await (const record of records(log, topic, 0, 1, Math.min(limit, await log.end(topic, 0)))) {
    events.push(decodeEvent(record.value, record.offset));
  }
  return events;
}

async function endsOf(log: Log, electionId: string): Promise<number[]> {
  const topic = topicName(electionId, 'ballots');
  const { partitions } = gatherFacts(await readEvents(log, electionId, 1));
  return Promise.all(Array.from({ length: partitions }, (_, partition) => log.end(topic, partition)));
}

/** The records of one partition below `end`. */
async function* records(
  log: Log,
  topic: string,
  partition: number,
  partitions: number,
  end: number,
): AsyncGenerator<LogRecord> {
  let next = 0;
  while (next < end) {
    const from = Array.from({ length: partitions }, (_, at) => (at === partition ? next : -1));
    const [fetched] = await log.fetch(topic, from);
    if (fetched === undefined) return;
    for (const record of fetched.records) if (record.offset < end) yield record;
    next = fetched.next;
  }
}
