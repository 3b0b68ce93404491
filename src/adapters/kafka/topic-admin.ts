import { ConfigResourceTypes, createTopicsV7, describeConfigsV4 } from '@platformatic/kafka';
import { LivetallyError } from '../../error.ts';
import type { TopicSpec } from '../../ports/log.ts';
import { ANSWER_MS, type Cluster, type ClusterMetadata } from './cluster.ts';
import { KafkaFailure, protocolFailure, protocolName } from './failures.ts';
import { SETTINGS_LOOKED_AT, settingsOf, type FoundTopic } from './topic-settings.ts';
import { topicOf, type KnownTopic } from './topic-map.ts';

/** Copies of a topic where there are enough brokers: one may fail while another is being mended. */
const COPIES = 3;

/**
 * Creates those that are not there, and waits until every broker knows all of them: then they can be used. Somebody else
 * may be creating them too. Throws KafkaFailure, LT_LOG_WRITE.
 */
export async function createMissing(
  cluster: Cluster,
  specs: readonly TopicSpec[],
  replication: number | undefined,
): Promise<void> {
  const names = specs.map(({ name }) => name);
  const metadata = await cluster.metadata(names);
  const missing = specs.filter(({ name }) => topicOf(metadata, name) === undefined);
  if (missing.length > 0) {
    const replicas = replication ?? (metadata.brokers >= COPIES ? COPIES : 1);
    await create(cluster, missing, replicas, metadata);
  }
  for (const answer of await cluster.metadataOfAll(names)) {
    for (const name of names) requireReady(name, topicOf(answer, name));
  }
}

async function create(
  cluster: Cluster,
  specs: readonly TopicSpec[],
  replicas: number,
  { controllerId, brokers }: ClusterMetadata,
): Promise<void> {
  const topics = specs.map((spec) => ({
    name: spec.name,
    numPartitions: spec.partitions,
    replicationFactor: replicas,
    assignments: [],
    configs: Object.entries(settingsOf(spec, replicas)).map(([name, value]) => ({ name, value })),
  }));
  const answer = await cluster.askNode(controllerId, createTopicsV7.api, [topics, ANSWER_MS, false]);
  for (const { name, errorCode, errorMessage } of answer.topics) {
    const error = protocolName(errorCode);
    if (errorCode === 0 || error === 'TOPIC_ALREADY_EXISTS') continue;
    if (error === 'INVALID_REPLICATION_FACTOR') throw tooFewBrokers(name, replicas, brokers);
    // The controller has not finished, or it is not the controller any more.
    if (error === 'REQUEST_TIMED_OUT') throw new KafkaFailure('moving', `Kafka is still creating the topic ${name}.`);
    throw protocolFailure(errorCode, `the new topic ${name}`, errorMessage);
  }
}

function requireReady(name: string, topic: KnownTopic | undefined): void {
  if (topic === undefined || topic.leaders.includes(-1)) {
    throw new KafkaFailure('moving', `The topic ${name} is not ready yet.`);
  }
}

function tooFewBrokers(name: string, replicas: number, brokers: number): LivetallyError {
  const message = `The topic ${name} cannot have ${replicas} copies: the cluster has ${brokers} brokers.`;
  return new LivetallyError('LT_LOG_WRITE', message, { next: 'Set KAFKA_REPLICATION to no more than that.' });
}

/** The topics as they are now; those that are not there are left out. Throws KafkaFailure. */
export async function describeTopics(cluster: Cluster, names: readonly string[]): Promise<Map<string, FoundTopic>> {
  const metadata = await cluster.metadata(names);
  const topics = names.flatMap((name) => topicOf(metadata, name) ?? []);
  const settings = await describeSettings(cluster, topics);
  return new Map(
    topics.map(({ name, leaders, replicas }) => [
      name,
      { partitions: leaders.length, replicas, settings: settings.get(name) ?? new Map<string, string>() },
    ]),
  );
}

async function describeSettings(
  cluster: Cluster,
  topics: readonly KnownTopic[],
): Promise<Map<string, Map<string, string>>> {
  if (topics.length === 0) return new Map();
  const resources = topics.map(({ name }) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: name,
    configurationKeys: [...SETTINGS_LOOKED_AT],
  }));
  const { results } = await cluster.askAny(describeConfigsV4.api, [resources, false, false]);
  return new Map(
    results.map(({ resourceName, errorCode, errorMessage, configs }) => {
      if (errorCode !== 0) throw protocolFailure(errorCode, `the settings of the topic ${resourceName}`, errorMessage);
      return [resourceName, new Map(configs.map(({ name, value }) => [name, value ?? '']))];
    }),
  );
}
