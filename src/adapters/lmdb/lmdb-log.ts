import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { open, type RootDatabase } from 'lmdb';
import { LivetallyError } from '../../error.ts';
import type { FetchedRecords, FetchOptions, Log, Mismatch, NewRecord } from '../../ports/log.ts';
import { createArrivals } from './arrivals.ts';
import { createTopicStore, type OpenTopic, type TopicStore } from './topic-store.ts';
import { createWriting } from './writing.ts';

const FETCH_BYTES = 4 * 1024 * 1024;
/** How soon a waiting reader sees what another process or thread has appended; its own process wakes it at once. */
const POLL_MS = 200;

/** The embedded log, in a folder of its own. Appends never block; reads do, for as long as the disk takes. */
export async function openLmdbLog(folder: string): Promise<Log> {
  const { root, topics } = openRoot(folder);
  const writing = createWriting(folder);
  const arrivals = createArrivals();
  let closed = false;

  function requireOpen(): void {
    if (closed) throw new Error(`The log in ${folder} is closed.`);
  }

  async function fetch(topic: string, from: readonly number[], options: FetchOptions = {}): Promise<FetchedRecords[]> {
    const { maxBytes = FETCH_BYTES, waitMs = 0, signal } = options;
    const deadlineMs = performance.now() + waitMs;
    requireOpen();
    // Nothing else here waits: whoever reads a long log would keep timers, answers and Ctrl-C waiting to its end.
    await turnOfEventLoop();
    for (;;) {
      if (closed) return [];
      const found = read(topics.find(topic), from, maxBytes);
      const leftMs = deadlineMs - performance.now();
      if (found.length > 0 || leftMs <= 0 || signal?.aborted === true) return found;
      await arrivals.wait(topic, Math.min(leftMs, POLL_MS), signal);
    }
  }

  return {
    fetch,

    async ensureTopics(specs): Promise<void> {
      requireOpen();
      for (const spec of specs) {
        if (topics.find(spec.name) === undefined) await writing.run(0, () => topics.create(spec));
        topics.check(spec);
      }
    },

    async inspect(specs): Promise<Mismatch[]> {
      requireOpen();
      return specs.flatMap((spec) => topics.inspect(spec) ?? []);
    },

    async topics(prefix): Promise<string[]> {
      requireOpen();
      return [...topics.names()].filter((name) => name.startsWith(prefix));
    },

    async append(topic, partition, records): Promise<number> {
      requireOpen();
      const target = topics.get(topic).partition(partition);
      const first = await writing.run(bytesOf(records), () => target.append(records));
      arrivals.announce(topic);
      return first;
    },

    async end(topic, partition): Promise<number> {
      requireOpen();
      return topics.find(topic)?.partition(partition).end() ?? 0;
    },

    async topicId(topic): Promise<string> {
      requireOpen();
      return topics.get(topic).id;
    },

    trouble: () => undefined,

    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      arrivals.announceAll();
      await writing.drain();
      await root.close();
    },
  };
}

function openRoot(folder: string): { root: RootDatabase; topics: TopicStore } {
  const options = {
    path: folder,
    noSubdir: false, // a folder, also when its name has a dot
    permissionsMode: 0o600,
    maxDbs: 2048, // one a partition
    mapSize: 64 * 1024 ** 3, // address space, not memory or disk; LMDB doubles it when the log outgrows it
    // One transaction at a time, flushed before it can be seen: what can be read is durable. Measured, it costs nothing.
    overlappingSync: false,
    // Otherwise an append that fails also rejects a promise that nobody can hold.
    eventTurnBatching: false,
  };
  try {
    const root = open(options);
    return { root, topics: createTopicStore(root) };
  } catch (cause) {
    throw new LivetallyError('LT_LOG_WRITE', `The log in ${folder} cannot be opened: ${String(cause)}.`, {
      next: 'Check that the folder belongs to you and is on a local disk with some space.',
      cause,
    });
  }
}

function read(topic: OpenTopic | undefined, from: readonly number[], maxBytes: number): FetchedRecords[] {
  if (topic === undefined) return [];
  const found: FetchedRecords[] = [];
  for (const [partition, offset] of from.entries()) {
    if (offset < 0) continue;
    const records = topic.partition(partition).read(offset, maxBytes);
    const last = records.at(-1);
    if (last !== undefined) found.push({ partition, records, next: last.offset + 1 });
  }
  return found;
}

function bytesOf(records: readonly NewRecord[]): number {
  return records.reduce((bytes, record) => bytes + record.value.length, 0);
}
