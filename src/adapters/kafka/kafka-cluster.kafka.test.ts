import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '../../../test/kafka-admin.ts';
import { startCluster, type KafkaCluster } from '../../../test/kafka-cluster.ts';
import type { Log, TopicSpec } from '../../ports/log.ts';
import { openKafkaLog } from './kafka-log.ts';

const PARTITIONS = 6;

/** Three brokers of its own. */
describe.skipIf((process.env['LIVETALLY_TEST_KAFKA'] ?? '') === '')('a cluster (needs LIVETALLY_TEST_KAFKA)', () => {
  let cluster: KafkaCluster;
  let log: Log;
  let spec: TopicSpec;

  beforeAll(async () => {
    cluster = await startCluster();
    log = await openKafkaLog(
      { bootstrapServers: cluster.addresses, clientId: 'livetally-test' },
      { patienceMs: 60_000 },
    );
    spec = { name: `t-${randomUUID()}`, partitions: PARTITIONS, retention: 'forever' };
    await log.ensureTopics([spec]);
  });

  afterAll(async () => {
    await log.close();
    await cluster[Symbol.asyncDispose]();
  });

  it('[L1] [L7] keeps three copies, of which two must have a record', async () => {
    expect(await log.inspect([spec])).toEqual([]);
    const four = await openKafkaLog({ bootstrapServers: cluster.addresses, clientId: 'c', replication: 4 });
    expect(await four.inspect([spec])).toMatchObject([{ kind: 'durability' }]);
    await four.close();
    const wrong = { 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' };
    await withAdmin(cluster.addresses[0]!, (admin) => admin.set(spec.name, wrong));
    await expect.poll(() => log.inspect([spec])).toMatchObject([{ kind: 'durability' }]);
    const [found] = await log.inspect([spec]);
    expect(found?.next).toContain('min.insync.replicas=2');
    expect(found?.next).toContain('unclean.leader.election.enable=false');
    const right = { 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' };
    await withAdmin(cluster.addresses[0]!, (admin) => admin.set(spec.name, right));
  });

  it('[L2] [L4] appends to and reads from partitions that different brokers lead', async () => {
    const appends = Array.from({ length: PARTITIONS }, (_, partition) => log.append(spec.name, partition, [text('a')]));
    expect(await Promise.all(appends)).toEqual(Array.from({ length: PARTITIONS }, () => 0));
    const found = await readAll();
    expect(found).toEqual(Array.from({ length: PARTITIONS }, () => ['a']));

    const ends = found.map(({ length }) => length);
    const waiting = log.fetch(spec.name, ends, { waitMs: 30_000 });
    await log.append(spec.name, 3, [text('late')]);
    expect((await waiting).map(({ partition, next }) => [partition, next])).toEqual([[3, 2]]);
  });

  it('[L1] [L2] [L4] each broker killed in turn under appends: nothing acknowledged is lost, the order stays, readers miss and repeat nothing', async () => {
    const stop = new AbortController();
    const starts = (await readAll()).map(({ length }) => length);
    const lanes = Array.from({ length: PARTITIONS }, (_, partition) => appendNumbers(partition, stop.signal));
    const reading = follow(starts, stop.signal);
    for (const broker of [1, 2, 3]) {
      await sleep(2_000);
      await cluster.kill(broker);
      await sleep(5_000); // others lead meanwhile
      await cluster.start(broker);
      await sleep(8_000); // it has to catch up before the next one may fail
    }
    stop.abort();
    const acknowledged = await Promise.all(lanes);
    const stored = (await readAll()).map((texts, partition) => texts.slice(starts[partition]));
    expect(await reading).toEqual(stored);
    for (const [partition, numbers] of acknowledged.entries()) {
      expect(numbers.length).toBeGreaterThan(50);
      expect([...new Set(stored[partition])].slice(0, numbers.length)).toEqual(numbers);
    }
  });

  it('[L6] two of three gone: refused, and taken again once they are back', async () => {
    const hasty = await openKafkaLog({ bootstrapServers: cluster.addresses, clientId: 'c' }, { patienceMs: 6_000 });
    await hasty.append(spec.name, 0, [text('before')]);
    await cluster.kill(2);
    await cluster.kill(3);
    const error: unknown = await hasty.append(spec.name, 0, [text('refused')]).catch((cause: unknown) => cause);
    // With so many controllers gone the cluster may not even know that the leader is.
    expect(error).toMatchObject({ code: expect.stringMatching(/^LT_LOG_(?:WRITE|AWAY)$/) as string });
    await Promise.all([cluster.start(2), cluster.start(3)]);
    await expect
      .poll(
        () =>
          hasty.append(spec.name, 0, [text('after')]).then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    await hasty.close();
  });

  async function appendNumbers(partition: number, stop: AbortSignal): Promise<string[]> {
    const acknowledged: string[] = [];
    for (let number = 0; !stop.aborted; number++) {
      await log.append(spec.name, partition, [text(`${number}`)]);
      acknowledged.push(`${number}`);
    }
    return acknowledged;
  }

  async function follow(from: readonly number[], stop: AbortSignal): Promise<string[][]> {
    const texts = from.map(() => [] as string[]);
    const positions = [...from];
    for (;;) {
      const wasStopped = stop.aborted;
      const found = await log.fetch(spec.name, positions, { waitMs: 1_000 });
      if (found.length === 0 && wasStopped) return texts;
      for (const { partition, records, next } of found) {
        positions[partition] = next;
        texts[partition]!.push(...records.map(({ value }) => Buffer.from(value).toString()));
      }
    }
  }

  function readAll(): Promise<string[][]> {
    const stopped = AbortSignal.abort();
    return follow(
      Array.from({ length: PARTITIONS }, () => 0),
      stopped,
    );
  }
});

function text(value: string): { value: Uint8Array } {
  return { value: Buffer.from(value) };
}
