import { LivetallyError } from '../../error.ts';
import { topicFailure, type Cluster, type ClusterMetadata, type TopicMetadata } from './cluster.ts';
import { KafkaFailure, protocolName } from './failures.ts';
import { pause, type Stops } from './stops.ts';

export interface KnownTopic {
  readonly name: string;
  readonly id: string;
  /** By partition: the number of the broker that leads it, or -1 while none does. */
  readonly leaders: readonly number[];
  /** The copies of the partition that has the fewest. */
  readonly replicas: number;
}

/**
 * The topics as the brokers know them, remembered, and their identities: a name that once stood for one topic never
 * stands for another as long as this log is open (LT_LOG_MISMATCH). Otherwise throws KafkaFailure.
 */
export interface TopicMap {
  /**
   * As it was at most so long ago; undefined when there is none and never was. A topic that was there and is not, now,
   * is a failure that passes: a broker that has just started does not know it for a moment.
   */
  find(name: string, maxAgeMs: number): Promise<KnownTopic | undefined>;
  /** The same for one of its partitions. Throws LT_LOG_MISMATCH when the topic has none of that number. */
  findWith(name: string, partition: number, maxAgeMs: number): Promise<KnownTopic | undefined>;
  /** The brokers say that it is otherwise: the next one who asks gets it anew. */
  doubt(name: string): void;
}

/** A broker of the ZooKeeper days may say for a moment after its start that it has no topic: so it is asked twice. */
const ASK_TWICE_MS = 500;

export function createTopicMap(cluster: Cluster, stops: Stops): TopicMap {
  const known = new Map<string, { readonly topic: KnownTopic; readonly atMs: number }>();
  const identities = new Map<string, string>();
  const asking = new Map<string, Promise<KnownTopic | undefined>>();

  async function find(name: string, maxAgeMs: number): Promise<KnownTopic | undefined> {
    const entry = known.get(name);
    if (entry !== undefined && performance.now() - entry.atMs <= maxAgeMs) return entry.topic;
    const begun = asking.get(name);
    if (begun !== undefined) return begun;
    const answer = ask(name).finally(() => asking.delete(name));
    asking.set(name, answer);
    return answer;
  }

  async function ask(name: string): Promise<KnownTopic | undefined> {
    const atMs = performance.now();
    const topic = await askTwice(cluster, name, stops);
    const identity = identities.get(name);
    if (topic === undefined) {
      known.delete(name);
      if (identity === undefined) return undefined;
      throw new KafkaFailure('gone', `The topic ${name} is gone: it was there, and has been deleted.`);
    }
    if (identity !== undefined && identity !== topic.id) throw otherTopic(name);
    identities.set(name, topic.id);
    known.set(name, { topic, atMs });
    return topic;
  }

  return {
    find,
    async findWith(name, partition, maxAgeMs) {
      const topic = await find(name, maxAgeMs);
      if (topic === undefined || partition < topic.leaders.length) return topic;
      const fresh = await find(name, 0); // somebody may have added one
      if (fresh === undefined || partition < fresh.leaders.length) return fresh;
      throw noPartition(name, fresh.leaders.length, partition);
    },
    doubt(name) {
      known.delete(name);
    },
  };
}

async function askTwice(cluster: Cluster, name: string, stops: Stops): Promise<KnownTopic | undefined> {
  const first = topicOf(await cluster.metadata([name]), name);
  if (first !== undefined) return first;
  await pause(ASK_TWICE_MS, stops);
  return topicOf(await cluster.metadata([name]), name);
}

/** Undefined where there is no such topic. */
export function topicOf({ topics }: ClusterMetadata, name: string): KnownTopic | undefined {
  const found = topics.find((topic) => topic.name === name);
  if (found === undefined || isUnknown(found)) return undefined;
  const failure = topicFailure(found);
  if (failure !== undefined) throw failure;
  const leaders = Array.from({ length: found.partitions.length }, () => -1);
  for (const { partitionIndex, leaderId } of found.partitions) leaders[partitionIndex] = leaderId;
  const replicas = Math.min(...found.partitions.map(({ replicaNodes }) => replicaNodes.length));
  return { name, id: found.topicId, leaders, replicas };
}

function isUnknown({ errorCode }: TopicMetadata): boolean {
  return ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION'].includes(protocolName(errorCode));
}

function otherTopic(name: string): LivetallyError {
  return new LivetallyError(
    'LT_LOG_MISMATCH',
    `The topic ${name} was deleted and made anew: it is another topic now.`,
    {
      next: 'What was in it is gone. Restore it, or start again with another election id.',
    },
  );
}

export function noTopic(name: string): LivetallyError {
  return new LivetallyError('LT_LOG_MISMATCH', `Kafka has no topic ${name}.`, {
    next: 'Use the cluster that the election was defined on.',
  });
}

function noPartition(name: string, partitions: number, partition: number): LivetallyError {
  const message = `The topic ${name} has ${partitions} partitions, so none is number ${partition}.`;
  return new LivetallyError('LT_LOG_MISMATCH', message, {
    next: 'Use the cluster and the partitions that the election was defined with.',
  });
}
