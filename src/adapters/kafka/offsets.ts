import { listOffsetsV7 } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';
import { KafkaFailure, protocolFailure } from './failures.ts';
import type { KnownTopic } from './topic-map.ts';

/** Times that stand for the ends of a partition. */
const EARLIEST = -2n;
const LATEST = -1n;

/** The offset of the first record that is still there. Throws KafkaFailure. */
export function startOffset(cluster: Cluster, topic: KnownTopic, partition: number): Promise<number> {
  return askOffset(cluster, topic, partition, EARLIEST);
}

/** The offset that the next record will have. Throws KafkaFailure. */
export function endOffset(cluster: Cluster, topic: KnownTopic, partition: number): Promise<number> {
  return askOffset(cluster, topic, partition, LATEST);
}

async function askOffset(cluster: Cluster, topic: KnownTopic, partition: number, time: bigint): Promise<number> {
  const { name, leaders } = topic;
  const what = `partition ${partition} of the topic ${name}`;
  const leader = leaders[partition] ?? -1;
  if (leader < 0) throw new KafkaFailure('moving', `No broker leads ${what} at the moment.`);
  const asked = { partitionIndex: partition, currentLeaderEpoch: -1, timestamp: time };
  const answer = await cluster.askNode(leader, listOffsetsV7.api, [-1, 0, [{ name, partitions: [asked] }]]);
  const found = answer.topics[0]?.partitions[0];
  if (found?.errorCode !== 0) throw protocolFailure(found?.errorCode ?? -1, what);
  return Number(found.offset);
}
