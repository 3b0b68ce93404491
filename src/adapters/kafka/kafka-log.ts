import { metadataV12 } from '@platformatic/kafka';
import { LivetallyError } from '../../error.ts';
import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import type { Log, Mismatch, TopicSpec } from '../../ports/log.ts';
import { createAppends } from './appends.ts';
import { createCluster, type Cluster } from './cluster.ts';
import { createFetching } from './fetching.ts';
import { createOffsetRescue } from './offset-rescue.ts';
import { endOffset } from './offsets.ts';
import { insist } from './patience.ts';
import { pause } from './stops.ts';
import { createMissing, describeTopics } from './topic-admin.ts';
import { createTopicMap, noTopic, type KnownTopic } from './topic-map.ts';
import { mismatches } from './topic-settings.ts';

export interface KafkaLogOptions {
  /** How long opening tries to reach a broker. Default 10 seconds. */
  readonly openMs?: number;
  /** How long anything else tries again, while the broker is away or the cluster is changing. Default 30 seconds. */
  readonly patienceMs?: number;
}

const OPEN_MS = 10_000;
/** Of it, how long one broker has to answer. */
const MEET_MS = 5_000;
const LEAST_MEET_MS = 500;
const PATIENCE_MS = 30_000;
const TOPIC_AGE_MS = 10_000;
/** A broker that has just started may have no topics for a moment. */
const ASK_TWICE_MS = 500;

/**
 * The log on a Kafka cluster, 3.5 or later, with KRaft or ZooKeeper. Resolves once a broker has answered; throws
 * LT_LOG_AWAY, LT_LOG_ACCESS.
 */
export async function openKafkaLog(settings: KafkaSettings, options: KafkaLogOptions = {}): Promise<Log> {
  const { openMs = OPEN_MS, patienceMs = PATIENCE_MS } = options;
  const closing = new AbortController();
  const stops = [closing.signal];
  const cluster = createCluster(settings, patienceMs);
  const topics = createTopicMap(cluster, stops);
  const appends = createAppends(cluster, topics, patienceMs);
  const asked = new Map<string, TopicSpec>();
  const rescue = createOffsetRescue(cluster, isForever);
  const fetching = createFetching(cluster, topics, { patienceMs, rescue, closing: closing.signal });
  let closed = false;

  function requireOpen(): void {
    if (closed) throw new Error(`The log on ${settings.bootstrapServers.join(', ')} is closed.`);
  }

  function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    requireOpen();
    return insist({ patienceMs, stops }, work);
  }

  /** As it was asked for; where nobody has asked in this process, as it is. */
  async function isForever({ name }: KnownTopic): Promise<boolean> {
    const spec = asked.get(name);
    if (spec !== undefined) return spec.retention === 'forever';
    const found = (await describeTopics(cluster, [name])).get(name);
    return found?.settings.get('cleanup.policy') !== 'delete' || found.settings.get('retention.ms') === '-1';
  }

  async function inspect(specs: readonly TopicSpec[]): Promise<Mismatch[]> {
    for (const spec of specs) asked.set(spec.name, spec);
    const names = specs.map(({ name }) => name);
    return patiently(async () => {
      const found = await twice(
        () => describeTopics(cluster, names),
        ({ size }) => size === names.length,
      );
      return specs.flatMap((spec) => mismatches(spec, found.get(spec.name), settings.replication ?? 1));
    });
  }

  async function twice<Result>(ask: () => Promise<Result>, isComplete: (result: Result) => boolean): Promise<Result> {
    const first = await ask();
    if (isComplete(first)) return first;
    await pause(ASK_TWICE_MS, stops);
    return ask();
  }

  try {
    await insist({ patienceMs: openMs, stops, isOpening: true }, (leftMs) => meet(cluster, leftMs));
  } catch (error) {
    cluster.close();
    throw error;
  }

  return {
    inspect,

    async ensureTopics(specs) {
      await patiently(() => createMissing(cluster, specs, settings.replication));
      const [first, ...others] = await inspect(specs);
      if (first === undefined) return;
      const message = [first, ...others].map(({ says }) => says).join(' ');
      throw new LivetallyError('LT_LOG_MISMATCH', message, { next: first.next });
    },

    async topics(prefix) {
      return patiently(async () => {
        const all = await twice(
          () => cluster.metadata(null),
          (metadata) => metadata.topics.length > 0,
        );
        const names = all.topics.flatMap(({ name, isInternal }) => (isInternal ? [] : (name ?? [])));
        return names.filter((name) => name.startsWith(prefix));
      });
    },

    async append(topic, partition, records) {
      requireOpen();
      return appends.append(topic, partition, records);
    },

    async end(name, partition) {
      return patiently(async () => {
        const topic = await topics.findWith(name, partition, TOPIC_AGE_MS);
        if (topic === undefined) return 0;
        try {
          return await endOffset(cluster, topic, partition);
        } catch (failure) {
          topics.doubt(name);
          throw failure;
        }
      });
    },

    async fetch(topic, from, fetchOptions = {}) {
      requireOpen();
      return fetching.fetch(topic, from, fetchOptions);
    },

    async topicId(name) {
      return patiently(async () => {
        const topic = await topics.find(name, 0);
        if (topic === undefined) throw noTopic(name);
        return topic.id;
      });
    },

    async close() {
      if (closed) return;
      closed = true;
      await appends.drain();
      closing.abort();
      cluster.close();
    },
  };
}

/** A broker answers, and so does one at the address at which brokers want to be reached. */
async function meet(cluster: Cluster, leftMs: number): Promise<void> {
  const timeoutMs = Math.min(MEET_MS, Math.max(LEAST_MEET_MS, leftMs));
  const { controllerId } = await cluster.metadata([], timeoutMs);
  await cluster.askNode(controllerId, metadataV12.api, [[], false, false], { timeoutMs });
}
