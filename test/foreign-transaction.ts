import { Producer } from '@platformatic/kafka';

/** A transaction of another program: its end will take an offset of the topic. */
export interface ForeignTransaction extends AsyncDisposable {
  /** The broker says that it is committed before it has written the marker. */
  commit(): Promise<void>;
}

/** Sends one record within it. */
export async function beginForeignTransaction(
  address: string,
  topic: string,
  value: Buffer,
): Promise<ForeignTransaction> {
  const producer = new Producer({
    clientId: 'other',
    bootstrapBrokers: [address],
    idempotent: true,
    retries: 5,
    producerId: -1n,
    producerEpoch: -1,
    transactionalId: `x-${topic}`,
  });
  const transaction = await producer.beginTransaction();
  await transaction.send({ messages: [{ topic, partition: 0, value }] });
  return {
    commit: () => transaction.commit(),
    [Symbol.asyncDispose]: () => producer.close(),
  };
}
