import { setTimeout as sleep } from 'node:timers/promises';
import { metadataV12 } from '@platformatic/kafka';
import type { KafkaSettings } from '../../ports/kafka-settings.ts';
import type { Log } from '../../ports/log.ts';
import { createAppends } from './appends.ts';
import { createCluster, type Cluster } from './cluster.ts';
import { createContact } from './contact.ts';
import { createFetching } from './fetching.ts';
import { createOffsetRescue } from './offset-rescue.ts';
import { endOffset } from './offsets.ts';
import { insist } from './patience.ts';
import { createLook } from './reading.ts';
import { createTopicKeeping, refuseMismatches } from './topic-keeping.ts';
import { createTopicMap, noTopic } from './topic-map.ts';

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
/** How often closing looks whether the brokers still answer. */
const DRAIN_LOOK_MS = 250;
/** For questions that go by the name of the topic: it may be another one meanwhile. */
const TOPIC_AGE_MS = 1_000;

/**
 * The log on a Kafka cluster, 3.5 or later, with KRaft or ZooKeeper. Resolves once a broker has answered; throws
 * LT_LOG_AWAY, LT_LOG_ACCESS.
 */
export async function openKafkaLog(settings: KafkaSettings, options: KafkaLogOptions = {}): Promise<Log> {
  const { openMs = OPEN_MS, patienceMs = PATIENCE_MS } = options;
  const closing = new AbortController();
  const stops = [closing.signal];
  const contact = createContact();
  const cluster = createCluster(settings, patienceMs, contact);
  const topics = createTopicMap(cluster, stops);
  const appends = createAppends(cluster, topics, { patienceMs, closing: closing.signal });
  const keeping = createTopicKeeping(cluster, settings.replication, stops);
  const look = createLook(cluster, createOffsetRescue(cluster, keeping), patienceMs);
  const fetching = createFetching(topics, look, patienceMs, closing.signal);
  let closed = false;

  /** Nobody knows how long an outage is: what is under way then is given up, and whoever sent it sends it again. */
  async function drainUnlessAway(): Promise<void> {
    let isDrained = false;
    const draining = appends.drain().then(() => (isDrained = true));
    while (!isDrained && contact.trouble() === undefined)
      await Promise.race([draining, sleep(DRAIN_LOOK_MS, undefined, { ref: false })]);
  }

  function requireOpen(): void {
    if (closed) throw new Error(`The log on ${settings.bootstrapServers.join(', ')} is closed.`);
  }

  function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    requireOpen();
    return insist({ patienceMs, stops }, work);
  }

  try {
    await insist({ patienceMs: openMs, stops, isOpening: true }, (leftMs) => meet(cluster, leftMs));
  } catch (error) {
    cluster.close();
    throw error;
  }

  return {
    async ensureTopics(specs) {
      await patiently(() => keeping.create(specs));
      refuseMismatches(await patiently(() => keeping.inspect(specs)));
    },

    async inspect(specs) {
      return patiently(() => keeping.inspect(specs));
    },

    async topics(prefix) {
      return patiently(() => keeping.names(prefix));
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

    trouble: () => contact.trouble(),

    async close() {
      if (closed) return;
      closed = true;
      await drainUnlessAway();
      closing.abort();
      cluster.close();
      await appends.drain();
    },
  };
}

/** A broker answers, and so does one at the address at which brokers want to be reached. */
async function meet(cluster: Cluster, leftMs: number): Promise<void> {
  const timeoutMs = Math.min(MEET_MS, Math.max(LEAST_MEET_MS, leftMs));
  const { controllerId } = await cluster.metadata([], timeoutMs);
  await cluster.askNode(controllerId, metadataV12.api, [[], false, false], { timeoutMs });
}
