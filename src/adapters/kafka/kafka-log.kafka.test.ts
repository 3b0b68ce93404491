import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { logContract } from '../../../test/contract/log-contract.ts';
import { withAdmin } from '../../../test/kafka-admin.ts';
import { openKafkaLog } from './kafka-log.ts';

const run = promisify(execFile);

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
    testExit(name, address);
  }
}

function testExit(name: string, address: string): void {
  it(`[L4] [L8] a process ends as soon as it has closed its log, with readers waiting: ${name}`, async () => {
    const adapter = new URL('./kafka-log.ts', import.meta.url).href;
    const script = `
      import { openKafkaLog } from '${adapter}';
      const log = await openKafkaLog({ bootstrapServers: ['${address}'], clientId: 'livetally-test' });
      const [topic] = await log.topics('');
      const waiting = [log.fetch('never-made', [0], { waitMs: 600_000 }), log.fetch(topic ?? 'none', [-1], { waitMs: 600_000 })];
      await new Promise((resolve) => setTimeout(resolve, 300));
      await log.close();
      await Promise.all(waiting);
      const closedAt = performance.now();
      process.on('exit', () => console.log(Math.round(performance.now() - closedAt)));
    `;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      timeout: 30_000,
    });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeLessThan(200);
  });
}
