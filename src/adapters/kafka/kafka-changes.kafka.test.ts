import { randomUUID } from 'node:crypto';
import { Producer } from '@platformatic/kafka';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginForeignTransaction } from '../../../test/foreign-transaction.ts';
import { withAdmin, type KafkaAdmin } from '../../../test/kafka-admin.ts';
import { APPEND_BYTES, type Log, type TopicSpec } from '../../ports/log.ts';
import { openKafkaLog } from './kafka-log.ts';

/** What somebody else does to the topics while the log is open. */
for (const [name, variable] of [
  ['Kafka', 'LIVETALLY_TEST_KAFKA'],
  ['Kafka with ZooKeeper', 'LIVETALLY_TEST_KAFKA_ZOOKEEPER'],
] as const) {
  const address = process.env[variable] ?? '';
  describe.skipIf(address === '')(`topics that change: ${name} (needs ${variable})`, () => testChanges(address));
}

function testChanges(address: string): void {
  let log: Log;
  let spec: TopicSpec;
  let topic: string;

  beforeEach(async () => {
    log = await openKafkaLog({ bootstrapServers: [address], clientId: 'livetally-test' }, { patienceMs: 4_000 });
    topic = `t-${randomUUID()}`;
    spec = { name: topic, partitions: 2, retention: 'forever' };
    await log.ensureTopics([spec]);
  });

  afterEach(async () => {
    await log.close();
    await asOther((admin) => admin.deleteTopics([topic])).catch(() => undefined);
  });

  function asOther(work: (admin: KafkaAdmin) => Promise<void>): Promise<void> {
    return withAdmin(address, work);
  }

  const mismatch = { code: 'LT_LOG_MISMATCH', message: expect.stringContaining('t-') as string };

  it('[L5] refuses a topic that was deleted and made anew, and one that was deleted', async () => {
    await log.append(topic, 0, [text('a'), text('b')]);
    await log.append(topic, 1, [text('c')]);
    const waiting = log.fetch(topic, [2, 1], { waitMs: 60_000 });
    await Promise.all([
      expect(waiting).rejects.toMatchObject(mismatch),
      asOther(async (admin) => {
        await admin.deleteTopics([topic]);
        await admin.createTopic(topic, 2);
      }),
    ]);
    await expect(log.fetch(topic, [0, 0])).rejects.toMatchObject(mismatch);
    await expect(log.append(topic, 0, [text('d')])).rejects.toMatchObject(mismatch);
    await expect(log.topicId(topic)).rejects.toMatchObject(mismatch);
    await expect(log.ensureTopics([spec])).rejects.toMatchObject(mismatch);

    const gone = { name: `t-${randomUUID()}`, partitions: 1, retention: 'forever' } as const;
    await log.ensureTopics([gone]);
    await log.append(gone.name, 0, [text('a')]);
    await asOther((admin) => admin.deleteTopics([gone.name]));
    await expect(log.append(gone.name, 0, [text('b')])).rejects.toMatchObject(mismatch);
    await expect(log.fetch(gone.name, [0])).rejects.toMatchObject(mismatch);
    expect(await log.inspect([gone])).toMatchObject([{ kind: 'missing', topic: gone.name }]);
  });

  it('[L5] notices an append that went to a topic made anew, at once', async () => {
    for (let number = 0; number < 3; number++) await log.append(topic, 0, [text(`${number}`)]);
    await asOther((admin) => admin.deleteTopics([topic]));
    await asOther((admin) => admin.createTopic(topic, 2));
    // Within the second for which the topic is believed to be what it was.
    await expect(log.append(topic, 0, [text('late')])).rejects.toMatchObject(mismatch);
  });

  it('[L7] says that a partition was added, and goes on with those it has', async () => {
    await log.append(topic, 0, [text('a')]);
    await asOther((admin) => admin.addPartitions(topic, 3));
    await expect.poll(() => log.inspect([spec])).toMatchObject([{ kind: 'surplus', topic }]);
    await expect(log.ensureTopics([spec])).rejects.toMatchObject(mismatch);
    await writeAnywhere(30);

    expect(await log.append(topic, 0, [text('b')])).toBeGreaterThan(0);
    const found = await log.fetch(topic, [0, 0]);
    expect(found.map(({ partition }) => partition)).toEqual([0, 1]);
    expect(await log.end(topic, 2)).toBeGreaterThan(0); // nobody of us reads it
  });

  /** As a producer does that knows nothing of us: partitions in turn. */
  async function writeAnywhere(records: number): Promise<void> {
    const producer = new Producer({ clientId: 'other', bootstrapBrokers: [address], retries: 5 });
    const messages = Array.from({ length: records }, (_, number) => ({ topic, value: Buffer.from(`${number}`) }));
    await producer.send({ messages, acks: -1 });
    await producer.close();
  }

  it('[L7] says which settings were changed, and how to set them back', async () => {
    for (const [changed, kind] of [
      [{ 'retention.ms': '86400000' }, 'retention'],
      [{ 'retention.bytes': '1000000000' }, 'retention'],
      [{ 'cleanup.policy': 'compact' }, 'retention'],
      [{ 'flush.messages': '1000' }, 'durability'],
      [{ 'max.message.bytes': '1048588' }, 'size'],
    ] as const) {
      const [[setting, value]] = Object.entries(changed) as [[string, string]];
      const [, before] = Object.entries(SETTINGS).find(([known]) => known === setting)!;
      await asOther((admin) => admin.set(topic, changed));
      // The controller says that it is done a moment before the broker knows.
      await expect.poll(() => log.inspect([spec])).toMatchObject([{ topic, kind }]);
      const found = await log.inspect([spec]);
      expect(found[0]?.says).toContain(`${setting}=${value}, not ${setting}=${before}`);
      expect(found[0]?.next).toContain(`--add-config ${setting}=${before}`);
      await expect(log.ensureTopics([spec])).rejects.toMatchObject(mismatch);
      await asOther((admin) => admin.set(topic, { [setting]: before }));
      await expect.poll(() => log.inspect([spec])).toEqual([]);
    }
  });

  it('[L7] asks for as many copies as were asked for', async () => {
    const settings = { bootstrapServers: [address], clientId: 'livetally-test', replication: 2 };
    const other = await openKafkaLog(settings, { patienceMs: 2_000 });
    expect(await other.inspect([spec])).toMatchObject([{ kind: 'durability' }]);
    const tooMany = other.ensureTopics([{ ...spec, name: `t-${randomUUID()}` }]);
    await expect(tooMany).rejects.toMatchObject({
      code: 'LT_LOG_WRITE',
      next: expect.stringContaining('KAFKA_REPLICATION') as string,
    });
    await other.close();
  });

  it('[L4] refuses a position that was deleted from a topic that is kept for ever, or that is beyond its end', async () => {
    await log.append(
      topic,
      0,
      Array.from({ length: 10 }, (_, number) => text(`${number}`)),
    );
    await expect(log.fetch(topic, [11, 0])).rejects.toMatchObject(mismatch);
    await expect(log.fetch(topic, [11, 0], { waitMs: 60_000 })).rejects.toMatchObject(mismatch);
    expect(await log.fetch(topic, [10, 0])).toEqual([]);

    await asOther((admin) => admin.deleteRecords(topic, 0, 4));
    await expect(log.fetch(topic, [0, 0])).rejects.toMatchObject(mismatch);
    await expect(log.fetch(topic, [3, -1], { waitMs: 60_000 })).rejects.toMatchObject(mismatch);
    const [left] = await log.fetch(topic, [4, 0]);
    expect(left?.records.map(({ offset }) => offset)).toEqual([4, 5, 6, 7, 8, 9]);

    // Whoever has not asked for the topic in this process goes by its settings.
    const other = await openKafkaLog({ bootstrapServers: [address], clientId: 'livetally-test' });
    await expect(other.fetch(topic, [0, 0])).rejects.toMatchObject(mismatch);
    await asOther((admin) => admin.set(topic, { 'retention.ms': '604800000' }));
    await expect.poll(() => log.inspect([spec])).toMatchObject([{ kind: 'retention' }]);
    expect((await other.fetch(topic, [0, 0]))[0]?.records.at(0)?.offset).toBe(4);
    await expect(log.fetch(topic, [0, 0])).rejects.toMatchObject(mismatch);
    await other.close();
  });

  it('[L4] goes on with the first record that is left where records go after some days', async () => {
    const days: TopicSpec = { name: `t-${randomUUID()}`, partitions: 1, retention: { days: 7 } };
    await log.ensureTopics([days]);
    await log.append(
      days.name,
      0,
      Array.from({ length: 10 }, (_, number) => text(`${number}`)),
    );
    await asOther((admin) => admin.deleteRecords(days.name, 0, 6));
    const [left] = await log.fetch(days.name, [2]);
    expect(left?.records.map(({ offset }) => offset)).toEqual([6, 7, 8, 9]);
    await asOther((admin) => admin.deleteRecords(days.name, 0, 10));
    expect(await log.fetch(days.name, [2])).toEqual([]);
    expect(await log.end(days.name, 0)).toBe(10);
    await asOther((admin) => admin.deleteTopics([days.name]));
  });

  it('[L6] refuses a record that is too large with its reason, and takes the next one; appends that fit alone do not suffer from being many', async () => {
    const tooLarge = { value: Buffer.alloc(9 * 1024 * 1024) };
    const neighbours = [log.append(topic, 0, [text('a')]), log.append(topic, 1, [text('b')])];
    const refused = log.append(topic, 0, [tooLarge]);
    const next = log.append(topic, 0, [text('c')]);
    await expect(refused).rejects.toMatchObject({
      code: 'LT_LOG_WRITE',
      message: expect.stringContaining('MESSAGE_TOO_LARGE') as string,
    });
    expect(await Promise.all([...neighbours, next])).toEqual([0, 0, 1]);

    await asOther((admin) => admin.set(topic, { 'max.message.bytes': '1048588' }));
    await expect.poll(() => log.inspect([spec])).toMatchObject([{ kind: 'size' }]);
    const many = Array.from({ length: 8 }, () => log.append(topic, 1, [{ value: Buffer.alloc(600_000) }]));
    expect(await Promise.all(many)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('[L6] a record that the topic does not take leaves those that go out with it alone', async () => {
    const compacted: TopicSpec = { name: `t-${randomUUID()}`, partitions: 1, retention: 'forever', compacted: true };
    await log.ensureTopics([compacted]);
    const keyed = (): Promise<number> => log.append(compacted.name, 0, [{ ...text('a'), key: 'k' }]);
    const before = [keyed(), keyed()];
    const refused = log.append(compacted.name, 0, [text('without a key')]);
    const after = [keyed(), keyed()];
    await expect(refused).rejects.toMatchObject({ code: 'LT_LOG_WRITE' });
    expect(await Promise.all([...before, ...after])).toEqual([0, 1, 2, 3]);
    await asOther((admin) => admin.deleteTopics([compacted.name]));
  });

  it('[L2] keeps an append together up to 4 MB whatever its records are, and a larger one in order', async () => {
    const whole = Array.from({ length: 4096 }, () => ({ value: Buffer.alloc(APPEND_BYTES / 4096, 'w') }));
    const small = Array.from({ length: 20_000 }, (_, number) => ({
      ...text(`${number}`),
      key: 'k',
      headers: { h: '1' },
    }));
    const huge = Array.from({ length: 40 }, (_, number) => ({ value: Buffer.alloc(500_000, number) }));
    const others = Array.from({ length: 20 }, () => log.append(topic, 0, [text('other')]));
    const [atWhole, atSmall, atHuge] = await Promise.all(
      [whole, small, huge].map((some) => log.append(topic, 0, some)),
    );
    await Promise.all(others);

    const all = await readAll(topic);
    expect(all).toHaveLength(4096 + 20_000 + 40 + 20);
    const lengths = all.slice(atWhole, atWhole! + 4096).map(({ value }) => value.length);
    expect(new Set(lengths)).toEqual(new Set([APPEND_BYTES / 4096]));
    const numbers = all.slice(atSmall, atSmall! + 20_000).map(({ value }) => Number(Buffer.from(value).toString()));
    expect(numbers).toEqual(small.map((_, number) => number));
    const fills = all.filter(({ value }) => value.length === 500_000).map(({ value }) => value[0]);
    expect(fills).toEqual(huge.map((_, number) => number));
    expect(all[atHuge!]?.value.length).toBe(500_000);
  });

  async function readAll(name: string): Promise<{ value: Uint8Array }[]> {
    const records: { value: Uint8Array }[] = [];
    for (let next = 0; ;) {
      const [found] = await log.fetch(name, [next], { maxBytes: 300_000 });
      if (found === undefined) return records;
      records.push(...found.records);
      next = found.next;
    }
  }

  it('[L4] passes over offsets that hold no record', async () => {
    {
      await using transaction = await beginForeignTransaction(address, topic, Buffer.from('inside'));
      await transaction.commit();
    }
    await vi.waitFor(async () => expect(await log.end(topic, 0)).toBe(2), { timeout: 20_000 });

    const [found] = await log.fetch(topic, [0, 0], { maxBytes: 1 });
    expect(found?.records.map(({ offset }) => offset)).toEqual([0]);
    expect(await log.fetch(topic, [1, 0])).toEqual([]); // the marker of the transaction stands at 1
    const waiting = log.fetch(topic, [1, 0], { waitMs: 30_000 });
    const offset = await log.append(topic, 0, [text('after')]);
    expect(offset).toBe(2);
    expect(await waiting).toMatchObject([{ partition: 0, next: 3 }]);
  });
}

const SETTINGS = {
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  'flush.messages': '1',
  'max.message.bytes': '8388608',
};

function text(value: string): { value: Uint8Array } {
  return { value: Buffer.from(value) };
}
