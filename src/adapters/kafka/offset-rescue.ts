import { LivetallyError } from '../../error.ts';
import type { Cluster } from './cluster.ts';
import { KafkaFailure } from './failures.ts';
import { endOffset, startOffset } from './offsets.ts';
import type { OffsetRescue } from './reading.ts';
import type { TopicKeeping } from './topic-keeping.ts';
import type { KnownTopic } from './topic-map.ts';

/**
 * For a position at which a partition has no record. Where records go after some days the reader goes on with the first
 * that is left; from a topic that is kept for ever, none may be gone.
 */
export function createOffsetRescue(cluster: Cluster, keeping: TopicKeeping): OffsetRescue {
  return async (topic, partition, offset) => {
    const end = await endOffset(cluster, topic, partition);
    if (offset > end) throw endsBefore(topic, partition, offset, end);
    const start = await startOffset(cluster, topic, partition);
    if (offset >= start) {
      throw new KafkaFailure('moving', `Partition ${partition} of the topic ${topic.name} is just changing.`);
    }
    if (await keeping.isForever(topic.name)) throw beginsLater(topic, partition, offset, start);
    return start;
  };
}

function endsBefore({ name }: KnownTopic, partition: number, offset: number, end: number): LivetallyError {
  const message = `Partition ${partition} of the topic ${name} ends at ${end}: a record at ${offset} is gone, or was never there.`;
  return new LivetallyError('LT_LOG_MISMATCH', message, {
    next: 'Acknowledged records are lost, or what was read before came from another cluster. Count anew from the start.',
  });
}

function beginsLater({ name }: KnownTopic, partition: number, offset: number, start: number): LivetallyError {
  const message = `Partition ${partition} of the topic ${name} begins at ${start}: the records from ${offset} on were deleted.`;
  return new LivetallyError('LT_LOG_MISMATCH', message, {
    next: 'Nothing may be deleted from this topic. Look at its retention, and restore it; its count can no longer be checked.',
  });
}
