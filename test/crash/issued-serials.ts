import type { Log } from '../../src/ports/log.ts';
import { issuesOf, plainEvent, type PlainEvent } from './plain-log.ts';

/** A serial that may vote, with its place and cohort. */
export type IssuedSerial = readonly [serial: number, place: string, cohort: string];

/** The serials that are issued, as somebody sees them who reads the events. */
export interface IssuedSerials {
  readonly all: readonly IssuedSerial[];
  /** Resolves when there are more: registrations follow at once, and whoever reads them is busy. */
  more(): Promise<void>;
  /** Follows the events until the signal; what the log refuses meanwhile, since it is away, is asked again. */
  follow(signal: AbortSignal): Promise<void>;
}

const WAIT_MS = 1000;

export function createIssuedSerials(log: Log, electionId: string): IssuedSerials {
  const events: PlainEvent[] = [];
  let all: IssuedSerial[] = [];
  let next = 0;
  let coming = Promise.withResolvers<void>();

  async function read(signal: AbortSignal): Promise<void> {
    const [fetched] = await log.fetch(`livetally.${electionId}.events`, [next], { waitMs: WAIT_MS, signal });
    if (fetched === undefined) return;
    for (const { offset, value } of fetched.records) {
      events.push(plainEvent({ offset, value: Buffer.from(value).toString() }));
    }
    next = fetched.next;
    const before = all.length;
    all = issuesOf(events).flatMap(({ runs }) => runs.flatMap(serialsOf));
    if (all.length === before) return;
    coming.resolve();
    coming = Promise.withResolvers();
  }

  return {
    get all(): readonly IssuedSerial[] {
      return all;
    },
    more: () => coming.promise,
    async follow(signal) {
      while (!signal.aborted) await read(signal).catch(() => undefined);
    },
  };
}

function serialsOf([first, count, place, cohort]: PlainEvent['runs'][number]): IssuedSerial[] {
  return Array.from({ length: count }, (_, at) => [first + at, place, cohort] as const);
}
