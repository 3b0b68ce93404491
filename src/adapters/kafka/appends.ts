import { setTimeout as sleep } from 'node:timers/promises';
import { produceV9, ProduceAcks } from '@platformatic/kafka';
import { LivetallyError } from '../../error.ts';
import type { NewRecord } from '../../ports/log.ts';
import { ANSWER_MS, type Cluster } from './cluster.ts';
import { giveUp, KafkaFailure, protocolFailure, protocolName } from './failures.ts';
import { pauseMs } from './patience.ts';
import { LOST_COUNT, newIdentity, nextSequence, numbering, type ProducerIdentity } from './producer-identity.ts';
import { acknowledge, createSendQueue, refuse, takeBack, type PartitionQueue } from './send-queue.ts';
import { noTopic, type TopicMap } from './topic-map.ts';

/**
 * Appends, in rounds: whatever is pending goes out at once, one batch a partition and one request a broker, and the next
 * round begins when every broker has answered. So a partition never has two batches under way that could overtake each
 * other. A batch that failed in a way that passes goes out again, as it was and with the number it had.
 */
export interface Appends {
  append(topic: string, partition: number, records: readonly NewRecord[]): Promise<number>;
  /** Resolves when nothing is under way. */
  drain(): Promise<void>;
}

/** A topic is looked up again this often while one appends to it: requests go by its name, and it may be another one. */
const TOPIC_AGE_MS = 1_000;
/** Less is no chance at all. */
const LEAST_ANSWER_MS = 1_000;

type ProduceAnswer = Exclude<Awaited<ReturnType<typeof produceV9.api.async>>, boolean>;

export function createAppends(cluster: Cluster, topics: TopicMap, patienceMs: number): Appends {
  const line = cluster.newLine();
  const queue = createSendQueue();
  let identity: ProducerIdentity | undefined;
  let isRunning = false;
  let running = Promise.resolve();

  async function run(): Promise<void> {
    let failures = 0;
    for (;;) {
      const pending = queue.fill();
      if (pending.length === 0) {
        isRunning = false; // in the same turn: an append that comes now begins another run
        return;
      }
      const failed = await round(pending);
      failures = failed.size > 0 ? failures + 1 : 0;
      if (failures === 0) continue;
      await sleep(pauseMs(failures));
      for (const [partition, failure] of failed) afterFailure(partition, failure);
    }
  }

  /** Sends all batches once. Those that have to go out again, and why. */
  async function round(pending: readonly PartitionQueue[]): Promise<Map<PartitionQueue, KafkaFailure>> {
    const failed = new Map<PartitionQueue, KafkaFailure>();
    const leaders = await Promise.all(
      pending.map((partition) => attempt([partition], failed, () => leaderOf(partition))),
    );
    const byLeader = Map.groupBy(pending, (_, index) => leaders[index]);
    const known = await attempt(pending, failed, knownIdentity);
    const sends = [...byLeader].map(async ([leader, partitions]) => {
      if (leader === undefined || known === undefined) return;
      await attempt(partitions, failed, async () => settle(partitions, await send(leader, partitions, known), failed));
    });
    await Promise.all(sends);
    return failed;
  }

  async function knownIdentity(): Promise<ProducerIdentity> {
    if (identity !== undefined) return identity;
    identity = await newIdentity(cluster);
    for (const partition of queue.all()) partition.sequence = 0;
    return identity;
  }

  /** Does what concerns some partitions; a failure that passes is noted for each, any other refuses their batches. */
  async function attempt<Result>(
    partitions: readonly PartitionQueue[],
    failed: Map<PartitionQueue, KafkaFailure>,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await work();
    } catch (failure) {
      for (const partition of partitions) {
        topics.doubt(partition.topic);
        // Refused by an earlier step, or already known to fail.
        if (partition.batch === undefined || failed.has(partition)) continue;
        if (failure instanceof KafkaFailure && failure.passes) failed.set(partition, failure);
        else giveUpBatch(partition, giveUp(failure));
      }
      return undefined;
    }
  }

  async function leaderOf({ topic: name, partition }: PartitionQueue): Promise<number> {
    const topic = await topics.findWith(name, partition, TOPIC_AGE_MS);
    if (topic === undefined) throw noTopic(name);
    const leader = topic.leaders[partition]!;
    if (leader < 0) {
      throw new KafkaFailure('moving', `No broker leads partition ${partition} of the topic ${name} at the moment.`);
    }
    return leader;
  }

  async function send(
    leader: number,
    partitions: readonly PartitionQueue[],
    known: ProducerIdentity,
  ): Promise<ProduceAnswer> {
    const records = partitions.flatMap(({ batch }) => batch?.records ?? []);
    const timeoutMs = answerMs(partitions);
    const options = { line, timeoutMs };
    const request = [ProduceAcks.ALL, timeoutMs, records, numbering(known, partitions)] as const;
    return (await cluster.askNode(leader, produceV9.api, [...request], options)) as ProduceAnswer;
  }

  function settle(
    partitions: readonly PartitionQueue[],
    { responses }: ProduceAnswer,
    failed: Map<PartitionQueue, KafkaFailure>,
  ): void {
    for (const partition of partitions) {
      const topic = responses.find(({ name }) => name === partition.topic);
      const answer = topic?.partitionResponses.find(({ index }) => index === partition.partition);
      if (answer?.errorCode === 0) taken(partition, Number(answer.baseOffset));
      else refused(partition, answer?.errorCode ?? -1, answer?.errorMessage ?? '', failed);
    }
  }

  function taken(partition: PartitionQueue, base: number): void {
    partition.sequence = nextSequence(partition.sequence, partition.batch?.records.length ?? 0);
    if (base >= partition.end) acknowledge(partition, base);
    else giveUpBatch(partition, lostRecords(partition, base));
  }

  function refused(
    partition: PartitionQueue,
    code: number,
    detail: string,
    failed: Map<PartitionQueue, KafkaFailure>,
  ): void {
    const name = protocolName(code);
    topics.doubt(partition.topic);
    if (LOST_COUNT.has(name)) {
      newStart();
      failed.set(partition, new KafkaFailure('moving', `Kafka has lost count of what it was sent: ${name}.`));
      return;
    }
    if (TOO_LARGE.has(name) && (partition.batch?.pieces.length ?? 0) > 1) {
      partition.alone = true;
      takeBack(partition);
      newStart();
      return;
    }
    const failure = protocolFailure(code, `partition ${partition.partition} of the topic ${partition.topic}`, detail);
    if (failure.passes) failed.set(partition, failure);
    else giveUpBatch(partition, giveUp(failure));
  }

  /** Appends that have waited long enough are refused; the others of their batch go on without them. */
  function afterFailure(partition: PartitionQueue, failure: KafkaFailure): void {
    const nowMs = performance.now();
    const late = partition.batch?.pieces.filter(({ append }) => append.deadlineMs <= nowMs) ?? [];
    if (late.length === 0) return;
    for (const { append } of late) append.refuse(giveUp(failure));
    takeBack(partition);
    newStart();
  }

  function giveUpBatch(partition: PartitionQueue, error: unknown): void {
    refuse(partition, error);
    newStart();
  }

  /**
   * The broker may or may not have got the batch that is given up. The next one must not go out with its number: it
   * would be taken for the same one, and acknowledged without being written.
   */
  function newStart(): void {
    identity = undefined;
  }

  return {
    async append(topic, partition, records) {
      const appended = queue.add(topic, partition, records, performance.now() + patienceMs);
      if (!isRunning) {
        isRunning = true;
        running = run();
      }
      return appended;
    },
    async drain() {
      while (isRunning) await running;
    },
  };
}

const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** As long as the append that has waited longest still has patience. */
function answerMs(partitions: readonly PartitionQueue[]): number {
  const deadlines = partitions.flatMap(({ batch }) => batch?.pieces.map(({ append }) => append.deadlineMs) ?? []);
  const leftMs = Math.min(...deadlines) - performance.now();
  return Math.min(ANSWER_MS, Math.max(LEAST_ANSWER_MS, Math.ceil(leftMs)));
}

function lostRecords({ topic, partition, end }: PartitionQueue, base: number): LivetallyError {
  return new LivetallyError(
    'LT_LOG_MISMATCH',
    `Partition ${partition} of the topic ${topic} has lost records: it ended at ${end}, and now goes on at ${base}.`,
    { next: 'Acknowledged records are gone: a replica that was behind took over, or the topic was made anew.' },
  );
}
