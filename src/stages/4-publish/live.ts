import { createHash } from 'node:crypto';
import type { Election } from '../../election/election.ts';
import { makeReport } from '../../election/make-report.ts';
import type { Report } from '../../election/report.ts';
import { emptyTally } from '../../election/tally.ts';
import type { LifeReader } from '../../lifecycle/life-reader.ts';
import type { Log } from '../../ports/log.ts';
import { formatPosition, startPosition } from '../../topics/position.ts';
import { createReportReader } from '../../topics/results.ts';
import { topicName } from '../../topics/topics.ts';
import { createHistory } from './history.ts';
import { snapshotOf, textsOf } from './snapshot-view.ts';
import type { Snapshot } from './view.ts';

/**
 * The newest report, as the page gets it. Promises:
 * - it is disclosed (election/disclosure.ts) and serialised once, however many watch
 * - `refresh` tells everyone who follows, and only when something changed
 */
export interface Live {
  readonly election: Election;
  readonly snapshot: Snapshot;
  readonly newest: Serialised;
  readonly texts: Serialised;
  /** New texts, colours, photos. */
  describe(election: Election): void;
  take(report: Report): void;
  refresh(): void;
  /** Calls back with each new snapshot from now on; returns how to stop. */
  follow(listener: (newest: Serialised) => void): () => void;
}

export interface Serialised {
  /** A digest of the bytes, so that the same state has the same id after a restart. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** Reports come each second while ballots do. */
const QUIET_MS = 2500;

export function createLive(election: Election, first: Report, now: () => number = Date.now): Live {
  const history = createHistory();
  const listeners = new Set<(newest: Serialised) => void>();
  let described = election;
  let texts = serialise(textsOf(election));
  let report = first;
  let takenAt = now();
  let snapshot = makeSnapshot();
  let newest = serialise(snapshot);

  function makeSnapshot(): Snapshot {
    const perSecond = Math.round(history.linesPerSecond(now()));
    return snapshotOf(report, described, texts.id, { perSecond, history: history.view() });
  }

  function addPoint(at: number): void {
    const { lines, outcomes, contests } = report.counts;
    history.add({
      at,
      lines,
      counted: outcomes.counted,
      contests: contests.map(({ valid, votes }) => ({ valid, votes })),
    });
  }

  return {
    get election(): Election {
      return described;
    },
    get snapshot(): Snapshot {
      return snapshot;
    },
    get newest(): Serialised {
      return newest;
    },
    get texts(): Serialised {
      return texts;
    },
    describe(changed: Election): void {
      if (changed === described) return;
      described = changed;
      texts = serialise(textsOf(changed));
    },
    take(newer: Report): void {
      report = newer;
      takenAt = now();
      addPoint(Date.parse(newer.at));
    },
    refresh(): void {
      // Reports stop when nothing changes; the rate has to fall all the same.
      if (snapshot.rates.perSecond > 0 && now() - takenAt > QUIET_MS) addPoint(now());
      const next = makeSnapshot();
      const serialised = serialise(next);
      if (serialised.id === newest.id) return;
      snapshot = next;
      newest = serialised;
      for (const listener of listeners) listener(newest);
    },
    follow(listener: (newest: Serialised) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export interface RunLiveOptions {
  readonly log: Log;
  /** A reader of its own, caught up. */
  readonly reader: LifeReader;
  readonly live: Live;
  /** Where it is in `results`: a run that ended goes on there, and shows nothing older than before. */
  readonly cursor?: LiveCursor;
  readonly now?: () => number;
}

export interface LiveCursor {
  offset: number | undefined;
}

const REFRESH_EVERY_MS = 1000;
/** Reports read at the start, to have a history: the last minute or so of a running count. */
const FIRST_REPORTS = 60;

/** Before the first ballot: zero of everything. */
export function emptyReport({ life }: LifeReader, now: () => number = Date.now): Report {
  return makeReport(emptyTally(), life, formatPosition(startPosition(life.partitions)), now(), false);
}

/** Follows `results` until the signal. At most one snapshot a second. */
export async function runLive(
  { log, reader, live, cursor = { offset: undefined }, now = Date.now }: RunLiveOptions,
  signal: AbortSignal,
): Promise<void> {
  const topic = topicName(reader.life.election.id, 'results');
  const reports = createReportReader();
  let reported = cursor.offset !== undefined;
  cursor.offset ??= await startOffset(log, topic, reader);
  let refreshedAt = -Infinity;

  while (!signal.aborted) {
    // Whichever way the clock is set meanwhile, the page waits no longer than this.
    const waitMs = Math.max(0, REFRESH_EVERY_MS - Math.abs(now() - refreshedAt));
    const [fetched] = await log.fetch(topic, [cursor.offset], { waitMs, signal });
    for (const record of fetched?.records ?? []) {
      const report = reports.take(record);
      if (report === undefined) continue;
      live.take(report);
      reported = true;
    }
    cursor.offset = fetched?.next ?? cursor.offset;
    if (Math.abs(now() - refreshedAt) < REFRESH_EVERY_MS) continue;
    if ((await reader.catchUp()) > 0) {
      live.describe(reader.life.election);
      if (!reported) live.take(emptyReport(reader, now));
    }
    live.refresh();
    refreshedAt = now();
  }
}

async function startOffset(log: Log, topic: string, { life }: LifeReader): Promise<number> {
  const recordsPerReport = life.election.contests.length + 1;
  return Math.max(0, (await log.end(topic, 0)) - FIRST_REPORTS * recordsPerReport);
}

function serialise(value: object): Serialised {
  const bytes = Buffer.from(JSON.stringify(value));
  return { id: createHash('sha256').update(bytes).digest('base64url').slice(0, 22), bytes };
}
