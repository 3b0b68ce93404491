import type { FetchedRecords, FetchOptions } from '../../ports/log.ts';
import { giveUp, KafkaFailure } from './failures.ts';
import { pauseMs } from './patience.ts';
import { NOTHING, type Findings, type Look, type Reading } from './reading.ts';
import { pause, untilStopped, type Stops } from './stops.ts';
import type { TopicMap } from './topic-map.ts';

/** Of a partition, unless told otherwise: measured, the fastest. */
const FETCH_BYTES = 4 * 1024 * 1024;
/** A topic that is not there yet is looked for this often. */
const ABSENT_MS = 200;
/** No timer is longer. */
const LONG_MS = 60_000;
/** Where the partitions are led; brokers say so when it has changed. */
const TOPIC_AGE_MS = 60_000;

export interface Fetching {
  fetch(topic: string, from: readonly number[], options: FetchOptions): Promise<readonly FetchedRecords[]>;
}

/** Looks until there is something, the time is over, or nobody waits any more. */
export function createFetching(topics: TopicMap, look: Look, patienceMs: number, closing: AbortSignal): Fetching {
  async function fetch(name: string, from: readonly number[], options: FetchOptions): Promise<FetchedRecords[]> {
    const { maxBytes = FETCH_BYTES, waitMs = 0, signal } = options;
    const reading: Reading = { positions: [...from], maxBytes };
    const trouble = createTrouble(patienceMs);
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      const isAborted = signal?.aborted === true;
      // A signal that has aborted before ends the wait, and not the look at what there is.
      const stops: Stops = signal === undefined || isAborted ? [closing] : [closing, signal];
      const leftMs = isAborted ? 0 : Math.max(0, deadlineMs - performance.now());
      const { found, moved, failure } =
        (await untilStopped(stops, () => lookAt(name, reading, leftMs, stops))) ?? NOTHING;
      if (found.length > 0) return [...found];
      if (signal?.aborted === true || closing.aborted) return [];
      if (failure !== undefined) {
        // Not being able to ask is not the same as there being nothing.
        topics.doubt(name);
        await pause(trouble.again(failure), stops);
      } else {
        trouble.over();
        if (!moved && performance.now() >= deadlineMs) return [];
      }
    }
  }

  async function lookAt(name: string, reading: Reading, waitMs: number, stops: Stops): Promise<Findings> {
    try {
      const last = reading.positions.findLastIndex((position) => position >= 0);
      const topic = last < 0 ? undefined : await topics.findWith(name, last, TOPIC_AGE_MS);
      if (topic !== undefined) return await look(topic, reading, waitMs);
      // Whoever leaves all partitions out waits all the same.
      await pause(Math.min(waitMs, last < 0 ? LONG_MS : ABSENT_MS), stops);
      return NOTHING;
    } catch (failure) {
      if (failure instanceof KafkaFailure && failure.passes) return { ...NOTHING, failure };
      throw giveUp(failure);
    }
  }

  return { fetch };
}

/** Failures in a row. */
interface Trouble {
  /** How long to wait before the next attempt. Throws once there has been trouble for as long as patience lasts. */
  again(failure: KafkaFailure): number;
  over(): void;
}

function createTrouble(patienceMs: number): Trouble {
  let failures = 0;
  let sinceMs = 0;
  return {
    again(failure) {
      if (failures === 0) sinceMs = performance.now();
      failures += 1;
      if (performance.now() - sinceMs >= patienceMs) throw giveUp(failure);
      return pauseMs(failures);
    },
    over() {
      failures = 0;
    },
  };
}
