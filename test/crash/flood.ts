import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Feed } from './feed.ts';

/** A full queue: more than the intake may hold comes at once, while the log does not answer. */
export interface Flood {
  /** Resolves when the log is back and all of it is acknowledged. */
  readonly done: Promise<void>;
  /** The most that the intake had in memory. */
  readonly mostBytes: number;
}

/** With the two that the intake counts for each request, the 64 MB that it holds are full with eight. */
const REQUESTS = 12;
/** Less than the 4 MB that a request may have. */
const LINES_A_REQUEST = 1000;
const LINE_BYTES = 4000;
const SAMPLE_MS = 200;
/** The intake's own need, twice the 64 MB under way (as they came, and as records), and what is not collected yet. */
const BOUND_BYTES = 640 * 1024 * 1024;

export function startFlood(feed: Feed, intakeUrl: string, number: number): Flood {
  const requests = Array.from({ length: REQUESTS }, (_, request) => feed.send(linesOf(number, request)));
  let mostBytes = 0;
  let isOver = false;

  async function watch(): Promise<void> {
    while (!isOver) {
      mostBytes = Math.max(mostBytes, await residentBytes(intakeUrl));
      assert.ok(mostBytes < BOUND_BYTES, `the intake holds ${Math.round(mostBytes / 2 ** 20)} MB`);
      await sleep(SAMPLE_MS);
    }
  }

  const sent = Promise.all(requests).finally(() => (isOver = true));
  return {
    done: Promise.all([sent, watch()]).then(() => undefined),
    get mostBytes(): number {
      return mostBytes;
    },
  };
}

/** Lines of no ballot, each of another serial, so that they come into all partitions. */
function linesOf(flood: number, request: number): string[] {
  return Array.from({ length: LINES_A_REQUEST }, (_, at) => {
    const serial = request * LINES_A_REQUEST + at;
    return `{"serial":${serial},"flood":${flood},`.padEnd(LINE_BYTES, 'x');
  });
}

/** 0 when the intake is just starting. */
async function residentBytes(url: string): Promise<number> {
  try {
    const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5000) })).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
