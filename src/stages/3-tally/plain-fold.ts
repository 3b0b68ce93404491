import { decide, type Decision, type FoldRules } from '../../election/decide.ts';
import type { Log, LogRecord } from '../../ports/log.ts';
import { matchLine } from '../../topics/ballots.ts';
import { decodeEvent } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import type { Facts, PlacedEvent } from './recount-facts.ts';

/** Says what becomes of a line of a partition; lines come in the order of the log, each once. */
export type PlainFold = (offset: number, line: string) => Decision;

/** The fold in plain objects and a Map, for whoever must not share the tally's way. Partitions hold disjoint serials. */
export function createPlainFold(facts: Facts, partition: number): PlainFold {
  const spent = new Map<number, Uint8Array>();
  const rules: FoldRules = {
    ...facts,
    isExcluded: (serial) => facts.excludedSerials.has(serial),
    unitOf: (serial) => facts.ownerOf(serial),
    isSpent: (serial) => spent.get(Math.floor(serial / 1024))?.[serial % 1024] === 1,
  };
  return (offset, text) => {
    const line = matchLine(text);
    const decision = decide(rules, partition, offset, line);
    if (decision.outcome === 'counted' && line !== undefined) spend(spent, line.serial);
    return decision;
  };
}

/** A byte a serial, since a Set of numbers holds 16.7 million at most. */
function spend(spent: Map<number, Uint8Array>, serial: number): void {
  const extent = Math.floor(serial / 1024);
  const bytes = spent.get(extent) ?? new Uint8Array(1024);
  bytes[serial % 1024] = 1;
  spent.set(extent, bytes);
}

export interface ReadEvents {
  readonly events: readonly PlacedEvent[];
  /** The first offset that was not read. */
  readonly end: number;
}

/** The events below `limit`, or below where they end now. */
export async function readEvents(log: Log, electionId: string, limit: number): Promise<ReadEvents> {
  const topic = topicName(electionId, 'events');
  const end = Math.min(limit, await log.end(topic, 0));
  const events: PlacedEvent[] = [];
  for await (const { offset, value } of recordsBelow(log, topic, 0, 1, end)) {
    events.push({ offset, event: decodeEvent(value, offset) });
  }
  return { events, end };
}

/** The records of one partition below `end`. */
export async function* recordsBelow(
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
