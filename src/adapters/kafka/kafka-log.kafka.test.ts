import { describe, it } from 'vitest';
import { logContract } from '../../../test/contract/log-contract.ts';
import { withAdmin } from '../../../test/kafka-admin.ts';
import { openKafkaLog } from './kafka-log.ts';

for (const [name, variable] of [
  ['Kafka', 'LIVETALLY_TEST_KAFKA'],
  ['Kafka with ZooKeeper', 'LIVETALLY_TEST_KAFKA_ZOOKEEPER'],
] as const) {
  const address = process.env[variable] ?? '';
  if (address === '') {
    describe.skip(`log contract: ${name}`, () => {
      it(`needs ${variable}=host:port`, () => undefined);
    });
  } else {
    logContract(
      name,
      () => openKafkaLog({ bootstrapServers: [address], clientId: 'livetally-test' }),
      (topics) => withAdmin(address, (admin) => admin.deleteTopics(topics)),
    );
  }
}
