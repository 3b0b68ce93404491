import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, ConfigResourceTypes, findErrorBy, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';

/** What somebody else may do to the topics of a broker behind our back. */
export interface KafkaAdmin {
  deleteTopics(names: readonly string[]): Promise<void>;
  createTopic(name: string, partitions: number, settings?: Record<string, string>): Promise<void>;
  /** So that it has so many in all. */
  addPartitions(topic: string, partitions: number): Promise<void>;
  set(topic: string, settings: Record<string, string>): Promise<void>;
  /** All below the offset. */
  deleteRecords(topic: string, partition: number, below: number): Promise<void>;
}

export async function withAdmin<Result>(address: string, use: (admin: KafkaAdmin) => Promise<Result>): Promise<Result> {
  const admin = new Admin({ clientId: 'livetally-test', bootstrapBrokers: [address], retries: 10, retryDelay: 200 });
  try {
    return await use(adminOf(admin));
  } finally {
    await admin.close();
  }
}

function adminOf(admin: Admin): KafkaAdmin {
  return {
    async deleteTopics(names) {
      if (names.length > 0) await admin.deleteTopics({ topics: [...names] });
    },
    async createTopic(name, partitions, settings = {}) {
      const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
      const deadlineMs = performance.now() + 20_000;
      for (;;) {
        try {
          await admin.createTopics({ topics: [name], partitions, replicas: 1, configs });
          return;
        } catch (error) {
          // One of the same name is still being deleted.
          if (performance.now() > deadlineMs || findErrorBy(error as Error, 'apiId', 'TOPIC_ALREADY_EXISTS') === null)
            throw error;
        }
        await sleep(100);
      }
    },
    async addPartitions(topic, partitions) {
      // The broker chooses where they go if it is told nothing; an empty list is not nothing.
      const assignments = null as unknown as [];
      await admin.createPartitions({ topics: [{ name: topic, count: partitions, assignments }] });
    },
    async set(topic, settings) {
      const configs = Object.entries(settings).map(([name, value]) => ({
        name,
        value,
        configOperation: IncrementalAlterConfigOperationTypes.SET,
      }));
      await admin.incrementalAlterConfigs({
        resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs }],
      });
    },
    async deleteRecords(topic, partition, below) {
      await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(below) }] }] });
    },
  };
}
