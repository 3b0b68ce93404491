import { randomUUID } from 'node:crypto';
import type { Database, RootDatabase, RootDatabaseOptions } from 'lmdb';
import { LivetallyError } from '../../error.ts';
import type { NewRecord, TopicSpec } from '../../ports/log.ts';
import { decode, encode } from './envelope.ts';
import { createPartition, type Partition } from './partition.ts';

const RECORDS: RootDatabaseOptions = { encoder: { encode, decode } };

/** What the log keeps about a topic: as it was first asked for, and the id made then. */
interface StoredTopic extends Required<Omit<TopicSpec, 'name'>> {
  readonly id: string;
}

export interface OpenTopic extends StoredTopic {
  readonly opened: readonly Partition[];
}

/** The topics of one LMDB environment. */
export interface TopicStore {
  /** Creates the topic or checks that it is as it was. Throws LT_LOG_MISMATCH. */
  ensure(spec: TopicSpec): Promise<void>;
  find(name: string): OpenTopic | undefined;
  /** Throws LT_LOG_MISMATCH when there is no such topic. */
  get(name: string): OpenTopic;
}

export function createTopicStore(root: RootDatabase): TopicStore {
  const stored: Database<StoredTopic, string> = root.openDB('topics', { encoding: 'json' });
  const open = new Map<string, OpenTopic>();

  async function ensure({ name, partitions, retention, compacted = false }: TopicSpec): Promise<void> {
    const wanted: StoredTopic = { id: randomUUID(), partitions, retention, compacted };
    await stored.ifNoExists(name, () => {
      void stored.put(name, wanted);
    });
    const difference = compare(wanted, get(name));
    if (difference !== undefined) throw mismatch(`The topic ${name} ${difference}.`);
  }

  function find(name: string): OpenTopic | undefined {
    const known = open.get(name);
    if (known !== undefined) return known;
    const topic = stored.get(name);
    if (topic === undefined) return undefined;
    const opened = { ...topic, opened: openPartitions(root, name, topic) };
    open.set(name, opened);
    return opened;
  }

  function get(name: string): OpenTopic {
    const topic = find(name);
    if (topic === undefined) throw mismatch(`The log has no topic ${name}.`);
    return topic;
  }

  return { ensure, find, get };
}

function openPartitions(root: RootDatabase, name: string, topic: StoredTopic): Partition[] {
  return Array.from({ length: topic.partitions }, (_, partition) => {
    const db: Database<NewRecord, number> = root.openDB(`${name}/${partition}`, RECORDS);
    return createPartition(db, topic.compacted);
  });
}

function compare(wanted: StoredTopic, found: StoredTopic): string | undefined {
  const asked = describe(wanted);
  const has = describe(found);
  return asked === has ? undefined : `was created with ${has}, and now ${asked} is asked for`;
}

function describe({ partitions, retention, compacted }: StoredTopic): string {
  const kept = retention === 'forever' ? 'kept forever' : `kept ${retention.days} days`;
  return `${partitions} partitions, ${kept}${compacted ? ', compacted' : ''}`;
}

export function mismatch(message: string): LivetallyError {
  return new LivetallyError('LT_LOG_MISMATCH', message, {
    next: 'Use the data folder and the settings that the election was defined with.',
  });
}
