import { randomUUID } from 'node:crypto';
import type { Database, RootDatabase, RootDatabaseOptions } from 'lmdb';
import { LivetallyError } from '../../error.ts';
import type { Mismatch, NewRecord, TopicSpec } from '../../ports/log.ts';
import { decode } from './envelope.ts';
import { createPartition, type Partition } from './partition.ts';
import { createScratch, type Scratch } from './scratch.ts';

/** Records go in as bytes, and come out decoded, copied by `decode`. */
const RECORDS: RootDatabaseOptions & { readonly decoderCopies: boolean } = {
  encoding: 'binary',
  decoder: { decode },
  decoderCopies: true,
};

/** What the log keeps about a topic: as it was first asked for, and the id made then. */
interface StoredTopic extends Required<Omit<TopicSpec, 'name'>> {
  readonly id: string;
}

export interface OpenTopic {
  readonly id: string;
  readonly description: string;
  readonly partitions: number;
  /** Throws LT_LOG_MISMATCH when the topic has no such partition. */
  partition(index: number): Partition;
}

/** The topics of one LMDB environment. */
export interface TopicStore {
  /** Of two that create a topic at once, the first does. */
  create(spec: TopicSpec): Promise<void>;
  /** Throws LT_LOG_MISMATCH when the topic is not there or not as asked for. */
  check(spec: TopicSpec): void;
  /** The first thing that is otherwise, as a value. */
  inspect(spec: TopicSpec): Mismatch | undefined;
  names(): Iterable<string>;
  find(name: string): OpenTopic | undefined;
  /** Throws LT_LOG_MISMATCH when there is no such topic. */
  get(name: string): OpenTopic;
}

export function createTopicStore(root: RootDatabase): TopicStore {
  const stored: Database<StoredTopic, string> = root.openDB('topics', { encoding: 'json' });
  const opened = new Map<string, OpenTopic>();
  const scratch = createScratch();

  async function create({ name, partitions, retention, compacted = false }: TopicSpec): Promise<void> {
    const topic: StoredTopic = { id: randomUUID(), partitions, retention, compacted };
    await stored.ifNoExists(name, () => {
      void stored.put(name, topic);
    });
  }

  function check(spec: TopicSpec): void {
    const found = inspect(spec);
    if (found !== undefined) throw mismatch(found.says);
  }

  function inspect(spec: TopicSpec): Mismatch | undefined {
    const topic = find(spec.name);
    if (topic === undefined) {
      return { topic: spec.name, kind: 'missing', says: `The log has no topic ${spec.name}.`, next: NEXT };
    }
    const wanted = describe(spec);
    if (topic.description === wanted) return undefined;
    const kind = kindOf(spec, topic.partitions);
    return {
      topic: spec.name,
      kind,
      says: `The topic ${spec.name} has ${topic.description}, not ${wanted}.`,
      next: NEXT,
    };
  }

  function find(name: string): OpenTopic | undefined {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const topic = stored.get(name);
    if (topic === undefined) return undefined;
    const open = openTopic(root, name, topic, scratch);
    opened.set(name, open);
    return open;
  }

  function get(name: string): OpenTopic {
    const topic = find(name);
    if (topic === undefined) throw mismatch(`The log has no topic ${name}.`);
    return topic;
  }

  return { create, check, inspect, find, get, names: () => stored.getKeys() };
}

function openTopic(root: RootDatabase, name: string, topic: StoredTopic, scratch: Scratch): OpenTopic {
  const { id, partitions, compacted } = topic;
  const opened = Array.from({ length: partitions }, (_, index) => {
    const db: Database<NewRecord, number> = root.openDB(`${name}/${index}`, RECORDS);
    return createPartition(db, compacted, scratch);
  });

  function partition(index: number): Partition {
    const found = opened[index];
    if (found === undefined) {
      throw mismatch(`The topic ${name} has ${partitions} partitions, so none is number ${index}.`);
    }
    return found;
  }

  return { id, description: describe(topic), partitions, partition };
}

function describe({ partitions, retention, compacted }: Omit<TopicSpec, 'name'>): string {
  const kept = retention === 'forever' ? 'kept for ever' : `kept for ${retention.days} days`;
  return `${partitions} partitions, ${kept}${compacted === true ? ', compacted' : ''}`;
}

function kindOf(spec: TopicSpec, partitions: number): Mismatch['kind'] {
  if (partitions === spec.partitions) return 'retention';
  return partitions < spec.partitions ? 'fewer' : 'surplus';
}

const NEXT = 'Use the data folder and the settings that the election was defined with.';

function mismatch(message: string): LivetallyError {
  return new LivetallyError('LT_LOG_MISMATCH', message, { next: NEXT });
}
