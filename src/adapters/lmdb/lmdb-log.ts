import { open, type RootDatabase } from 'lmdb';
import { LivetallyError } from '../../error.ts';
import type { FetchedRecords, FetchOptions, Log, NewRecord } from '../../ports/log.ts';
import { createArrivals } from './arrivals.ts';
import { createTopicStore, mismatch, type OpenTopic } from './topic-store.ts';
import { refusalOf, requireRoom } from './write-refusal.ts';

const FETCH_BYTES = 4 * 1024 * 1024;
/** How soon a waiting reader sees what another process or thread has appended; its own process wakes it at once. */
const POLL_MS = 200;

/** The embedded log, in a folder of its own. Reads block for as long as the disk takes, appends never do. */
export async function openLmdbLog(folder: string): Promise<Log> {
  const root = openRoot(folder);
  const topics = createTopicStore(root);
  const arrivals = createArrivals();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  async function refusable<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    requireOpen();
    requireRoom(folder, bytes);
    const working = work();
    underWay.add(working);
    try {
      return await working;
    } catch (error) {
      throw error instanceof LivetallyError ? error : await refusalOf(folder, error);
    } finally {
      underWay.delete(working);
    }
  }

  function requireOpen(): void {
    if (closed) throw new Error(`The log in ${folder} is closed.`);
  }

  return {
    async ensureTopics(specs): Promise<void> {
      for (const spec of specs) await refusable(0, () => topics.ensure(spec));
    },

    async append(topic, partition, records): Promise<number> {
      const target = partitionOf(topics.get(topic), topic, partition);
      const first = await refusable(bytesOf(records), () => target.append(records));
      arrivals.announce(topic);
      return first;
    },

    async end(topic, partition): Promise<number> {
      requireOpen();
      const found = topics.find(topic);
      return found === undefined ? 0 : partitionOf(found, topic, partition).end();
    },

    async fetch(
      topic,
      from,
      { maxBytes = FETCH_BYTES, waitMs = 0, signal }: FetchOptions = {},
    ): Promise<FetchedRecords[]> {
      requireOpen();
      const deadlineMs = performance.now() + waitMs;
      for (;;) {
        const found = read(topics.find(topic), topic, from, maxBytes);
        const leftMs = deadlineMs - performance.now();
        if (found.length > 0 || leftMs <= 0 || signal?.aborted === true) return found;
        await arrivals.wait(topic, Math.min(leftMs, POLL_MS), signal);
        if (closed) return [];
      }
    },

    async topicId(topic): Promise<string> {
      requireOpen();
      return topics.get(topic).id;
    },

    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      arrivals.announceAll();
      await Promise.allSettled(underWay);
      await root.close();
    },
  };
}

function openRoot(folder: string): RootDatabase {
  const options = {
    path: folder,
    noSubdir: false, // a folder, also when its name has a dot
    permissionsMode: 0o600,
    maxDbs: 1024,
    mapSize: 64 * 1024 ** 3, // address space, not memory or disk; LMDB doubles it when the log outgrows it
    // One transaction at a time, each flushed before it can be seen: what can be read is durable, and measured it costs nothing (bench/log.ts).
    overlappingSync: false,
    // Otherwise an append that fails also rejects a promise that nobody can hold.
    eventTurnBatching: false,
  };
  try {
    return open(options);
  } catch (cause) {
    throw new LivetallyError('LT_LOG_WRITE', `The log in ${folder} cannot be opened: ${String(cause)}.`, {
      next: 'Check that the folder is on a local disk with some space and belongs to you.',
      cause,
    });
  }
}

function read(topic: OpenTopic | undefined, name: string, from: readonly number[], maxBytes: number): FetchedRecords[] {
  if (topic === undefined) return [];
  const found: FetchedRecords[] = [];
  for (const [partition, offset] of from.entries()) {
    if (offset < 0) continue;
    const records = partitionOf(topic, name, partition).read(offset, maxBytes);
    const last = records.at(-1);
    if (last !== undefined) found.push({ partition, records, next: last.offset + 1 });
  }
  return found;
}

function partitionOf(topic: OpenTopic, name: string, partition: number): OpenTopic['opened'][number] {
  const found = topic.opened[partition];
  if (found === undefined)
    throw mismatch(`The topic ${name} has ${topic.partitions} partitions, so none is number ${partition}.`);
  return found;
}

function bytesOf(records: readonly NewRecord[]): number {
  return records.reduce((bytes, record) => bytes + record.value.length, 0);
}
