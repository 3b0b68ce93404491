import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type Broker, type BrokerKind } from '../../../test/broker.ts';
import type { Log } from '../../ports/log.ts';
import { openKafkaLog } from './kafka-log.ts';

/** These kill, pause and start a broker of their own. */
for (const [kind, variable] of [
  ['kafka', 'LIVETALLY_TEST_KAFKA'],
  ['kafka-zookeeper', 'LIVETALLY_TEST_KAFKA_ZOOKEEPER'],
] as const) {
  describe.skipIf((process.env[variable] ?? '') === '')(`a broker that dies: ${kind} (needs ${variable})`, () =>
    testDeath(kind),
  );
}

const PARTITIONS = 4;
const LANES = 8;

function testDeath(kind: BrokerKind): void {
  let broker: Broker;
  beforeAll(async () => (broker = await startBroker(kind)));
  afterAll(async () => broker[Symbol.asyncDispose]());

  function open(patienceMs?: number): Promise<Log> {
    const settings = { bootstrapServers: [broker.address], clientId: 'livetally-test' };
    return openKafkaLog(settings, patienceMs === undefined ? {} : { patienceMs });
  }

  async function newTopic(log: Log, partitions = 1): Promise<string> {
    const name = `t-${randomUUID()}`;
    await log.ensureTopics([{ name, partitions, retention: 'forever' }]);
    return name;
  }

  it('[L1] [L2] [L4] killed and started twice under appends: none that was acknowledged is lost, their order stays, readers miss and repeat nothing', async () => {
    await using log = disposable(await open(90_000));
    await using readers = disposable(await open(90_000));
    const topic = await newTopic(log, PARTITIONS);
    const stop = new AbortController();
    const lanes = Array.from({ length: LANES }, (_, lane) => appendNumbers(log, topic, lane, stop.signal));
    const reading = follow(readers, topic, stop.signal);
    const looking = lookForTheEnd(readers, topic, lanes, stop.signal);

    for (let kills = 0; kills < 2; kills++) {
      await sleep(1_500);
      await broker.kill();
      await broker.start();
    }
    await sleep(1_500);
    stop.abort();
    await Promise.all(lanes.map(({ done }) => done));
    await looking;

    const stored = await readAll(log, topic);
    expect(await reading).toEqual(stored);
    for (const [lane, { acknowledged }] of lanes.entries()) {
      const partition = lane % PARTITIONS;
      const mine = stored[partition]!.filter((text) => text.startsWith(`${lane}:`));
      const firsts = [...new Set(mine)]; // one may stand there twice
      expect(acknowledged.length).toBeGreaterThan(20);
      expect(firsts.slice(0, acknowledged.length)).toEqual(acknowledged);
    }
  });

  it('[L8] paused for ten seconds: whoever appends, reads or waits goes on as if nothing had been', async () => {
    await using log = disposable(await open());
    const topic = await newTopic(log);
    await log.append(topic, 0, [text('before')]);
    const waiting = log.fetch(topic, [1], { waitMs: 60_000 });
    await broker.pause();
    const appending = log.append(topic, 0, [text('meanwhile')]);
    const reading = log.fetch(topic, [0]);
    const end = log.end(topic, 0);
    await sleep(10_000);
    await broker.resume();

    expect(await appending).toBe(1);
    expect((await waiting).flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual([1]);
    expect((await reading).flatMap(({ records }) => records.map(({ offset }) => offset))).toContain(0);
    expect([1, 2]).toContain(await end);
  });

  it('[L8] dead: everything is refused with LT_LOG_AWAY within its patience, and works again once it is back', async () => {
    const patienceMs = 3_000;
    await using log = disposable(await open(patienceMs));
    const topic = await newTopic(log);
    await log.append(topic, 0, [text('before')]);
    await broker.kill();

    const refused = { code: 'LT_LOG_AWAY', message: expect.stringContaining(broker.address) as string };
    const began = performance.now();
    await Promise.all([
      expect(log.append(topic, 0, [text('lost')])).rejects.toMatchObject(refused),
      expect(log.append(topic, 0, [text('lost')])).rejects.toMatchObject(refused),
      expect(log.fetch(topic, [1])).rejects.toMatchObject(refused),
      expect(log.fetch(topic, [1], { waitMs: 600_000 })).rejects.toMatchObject(refused),
      expect(log.fetch(`t-${randomUUID()}`, [0])).rejects.toMatchObject(refused),
      expect(log.end(topic, 0)).rejects.toMatchObject(refused),
      expect(log.topicId(topic)).rejects.toMatchObject(refused),
      expect(log.topics('t-')).rejects.toMatchObject(refused),
      expect(log.inspect([{ name: topic, partitions: 1, retention: 'forever' }])).rejects.toMatchObject(refused),
      expect(
        openKafkaLog({ bootstrapServers: [broker.address], clientId: 'c' }, { openMs: 2_000 }),
      ).rejects.toMatchObject(refused),
    ]);
    expect(performance.now() - began).toBeLessThan(patienceMs + 2_000);

    const stop = new AbortController();
    const given = log.fetch(topic, [1], { waitMs: 600_000, signal: stop.signal });
    stop.abort();
    expect(await given).toEqual([]);

    await broker.start();
    expect(await log.append(topic, 0, [text('after')])).toBe(1);
    expect((await readAll(log, topic)).flat()).toEqual(['before', 'after']);
  });

  it('[L1] an append that was given up may come late; the next one is not taken for it', async () => {
    await using log = disposable(await open(1_500));
    const topic = await newTopic(log);
    await log.append(topic, 0, [text('before')]);
    await broker.pause();
    await expect(log.append(topic, 0, [text('given up')])).rejects.toMatchObject({ code: 'LT_LOG_AWAY' });
    await broker.resume();
    await sleep(1_000); // the broker reads what was sent to it before
    const offset = await log.append(topic, 0, [text('after')]);
    const stored = (await readAll(log, topic)).flat();
    expect(stored[offset]).toBe('after');
    expect(stored.filter((one) => one === 'after')).toHaveLength(1);
  });

  it('[L8] closing does not wait for a broker that is gone, unless something is being appended', async () => {
    const log = await open(60_000);
    const topic = await newTopic(log);
    await broker.pause();
    const waiting = log.fetch(topic, [0], { waitMs: 600_000 });
    const began = performance.now();
    await log.close();
    expect(performance.now() - began).toBeLessThan(500);
    expect(await waiting).toEqual([]);
    await broker.resume();
  });
}

interface Lane {
  /** In the order of their acknowledgements. */
  readonly acknowledged: string[];
  readonly done: Promise<void>;
}

/** Numbered records, the next when the one before is acknowledged; the lanes of a partition overlap. */
function appendNumbers(log: Log, topic: string, lane: number, stop: AbortSignal): Lane {
  const acknowledged: string[] = [];
  const run = async (): Promise<void> => {
    for (let number = 0; !stop.aborted; number++) {
      const first = `${lane}:${number}`;
      const second = `${lane}:${number}b`;
      await log.append(topic, lane % PARTITIONS, [text(first), text(second)]);
      acknowledged.push(first, second);
    }
  };
  return { acknowledged, done: run() };
}

/** Everything that a reader got, by partition, until it is stopped and has come to the end. */
async function follow(log: Log, topic: string, stop: AbortSignal): Promise<string[][]> {
  const texts = Array.from({ length: PARTITIONS }, () => [] as string[]);
  const positions = texts.map(() => 0);
  for (;;) {
    const wasStopped = stop.aborted;
    const found = await log.fetch(topic, positions, { waitMs: wasStopped ? 500 : 2_000 });
    if (found.length === 0 && wasStopped) return texts;
    for (const { partition, records, next } of found) {
      positions[partition] = next;
      texts[partition]?.push(...records.map(textOf));
    }
  }
}

/** A reader that counts to the end must never be told that it is there when what was acknowledged is still to come. */
async function lookForTheEnd(log: Log, topic: string, lanes: readonly Lane[], stop: AbortSignal): Promise<void> {
  const seen = new Set<string>();
  const positions = Array.from({ length: PARTITIONS }, () => 0);
  while (!stop.aborted) {
    const before = lanes.flatMap(({ acknowledged }) => acknowledged.at(-1) ?? []);
    for (;;) {
      const found = await log.fetch(topic, positions);
      if (found.length === 0) break;
      for (const { partition, records, next } of found) {
        positions[partition] = next;
        for (const record of records) seen.add(textOf(record));
      }
    }
    expect(before.filter((one) => !seen.has(one))).toEqual([]);
    await sleep(20);
  }
}

async function readAll(log: Log, topic: string): Promise<string[][]> {
  const texts: string[][] = Array.from({ length: PARTITIONS }, () => []);
  const positions = Array.from({ length: await partitionsOf(log, topic) }, () => 0);
  for (;;) {
    const found = await log.fetch(topic, positions);
    if (found.length === 0) return texts;
    for (const { partition, records, next } of found) {
      positions[partition] = next;
      texts[partition]!.push(...records.map(textOf));
    }
  }
}

async function partitionsOf(log: Log, topic: string): Promise<number> {
  const [surplus] = await log.inspect([{ name: topic, partitions: 1, retention: 'forever' }]);
  return surplus === undefined ? 1 : PARTITIONS;
}

function text(value: string): { value: Uint8Array } {
  return { value: Buffer.from(value) };
}

function textOf({ value }: { value: Uint8Array }): string {
  return Buffer.from(value).toString();
}

function disposable(log: Log): Log & AsyncDisposable {
  return Object.assign(log, { [Symbol.asyncDispose]: () => log.close() });
}
