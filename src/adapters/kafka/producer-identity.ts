import { initProducerIdV4, NumericMap, type CreateRecordsBatchOptions } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';
import { protocolFailure } from './failures.ts';
import type { PartitionQueue } from './send-queue.ts';

/**
 * The number under which the brokers know this producer. With it they number its batches in each partition: one that is
 * sent again, because its answer was lost, is not written again. A new number makes a new start.
 */
export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
}

/** After so many records of a partition their numbers begin again. */
const SEQUENCES = 2 ** 31;
/** Of transactions, which there are none of. */
const TRANSACTION_MS = 60_000;

/** Throws KafkaFailure. */
export async function newIdentity(cluster: Cluster): Promise<ProducerIdentity> {
  const answer = await cluster.askAny(initProducerIdV4.api, [null, TRANSACTION_MS, -1n, -1]);
  if (answer.errorCode !== 0) throw protocolFailure(answer.errorCode, 'a producer');
  return { id: answer.producerId, epoch: answer.producerEpoch };
}

/** How the client is told the number of each batch. */
export function numbering(
  { id, epoch }: ProducerIdentity,
  queues: readonly PartitionQueue[],
): Partial<CreateRecordsBatchOptions> {
  const sequences = new NumericMap();
  for (const { topic, partition, sequence } of queues) sequences.set(`${topic}:${partition}`, sequence);
  return { producerId: id, producerEpoch: epoch, sequences };
}

export function nextSequence(sequence: number, records: number): number {
  return (sequence + records) % SEQUENCES;
}

/** The broker has lost count of this producer, or the producer of itself: only a new number helps. */
export const LOST_COUNT: ReadonlySet<string> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'PRODUCER_FENCED',
]);
