import { produceV9, ProduceAcks } from '@platformatic/kafka';
import { LivetallyError } from '../../error.ts';
import { ANSWER_MS, type Cluster } from './cluster.ts';
import { giveUp, KafkaFailure, protocolFailure, protocolName } from './failures.ts';
import { LOST_COUNT, newIdentity, nextSequence, numbering, type ProducerIdentity } from './producer-identity.ts';
import { acknowledge, refuse, takeBack, type PartitionQueue, type SendQueue } from './send-queue.ts';
import { noTopic, type TopicMap } from './topic-map.ts';

/**
 * Sends the batches of all partitions once: one request a broker, at the same time. What was taken or refused for good is
 * settled; a batch that failed in a way that passes stays, and goes out in the next round as it was and with the number
 * it had, so that the broker knows it if it has got it already.
 */
export interface SendRounds {
  /** Those that have to go out again, and why. */
  send(pending: readonly PartitionQueue[]): Promise<Failures>;
  /**
   * To be called when a batch is given up: the broker may or may not have got it. The next one must not go out with its
   * number: it would be taken for the same one, and acknowledged without being written.
   */
  beginAnew(): void;
}

type Failures = ReadonlyMap<PartitionQueue, KafkaFailure>;

/** A topic is looked up again this often while one appends to it: requests go by its name, and it may be another one. */
const TOPIC_AGE_MS = 1_000;
/** Less is no chance at all. */
const LEAST_ANSWER_MS = 1_000;
/** Of the time for its answer, how much a broker has to wait for its replicas: then it still says so. */
const REPLICAS_SHARE = 0.8;

type ProduceAnswer = Exclude<Awaited<ReturnType<typeof produceV9.api.async>>, boolean>;
type PartitionAnswer = ProduceAnswer['responses'][number]['partitionResponses'][number];

export function createSendRounds(cluster: Cluster, topics: TopicMap, queue: SendQueue): SendRounds {
  const line = cluster.newLine();
  let identity: ProducerIdentity | undefined;

  async function send(pending: readonly PartitionQueue[]): Promise<Failures> {
    const failed = new Map<PartitionQueue, KafkaFailure>();
    const leaders = await Promise.all(pending.map((one) => attempt([one], failed, () => leaderOf(topics, one))));
    const byLeader = Map.groupBy(pending, (_, index) => leaders[index]);
    const known = await attempt(pending, failed, knownIdentity);
    const requests = [...byLeader].map(async ([leader, partitions]) => {
      if (leader === undefined || known === undefined) return;
      await attempt(partitions, failed, async () => {
        const answers = await request(leader, partitions, known);
        for (const [partition, answer] of answers) settle(partition, answer, failed);
      });
    });
    await Promise.all(requests);
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
        else giveUpBatch(partition, failure);
      }
      return undefined;
    }
  }

  async function request(
    leader: number,
    partitions: readonly PartitionQueue[],
    known: ProducerIdentity,
  ): Promise<[PartitionQueue, PartitionAnswer | undefined][]> {
    const records = partitions.flatMap(({ batch }) => batch?.records ?? []);
    const timeoutMs = answerMs(partitions);
    const { responses } = (await cluster.askNode(
      leader,
      produceV9.api,
      [ProduceAcks.ALL, Math.floor(timeoutMs * REPLICAS_SHARE), records, numbering(known, partitions)],
      { line, timeoutMs },
    )) as ProduceAnswer;
    return partitions.map((partition) => {
      const topic = responses.find(({ name }) => name === partition.topic);
      return [partition, topic?.partitionResponses.find(({ index }) => index === partition.partition)];
    });
  }

  function settle(
    partition: PartitionQueue,
    answer: PartitionAnswer | undefined,
    failed: Map<PartitionQueue, KafkaFailure>,
  ): void {
    if (answer?.errorCode === 0) {
      taken(partition, Number(answer.baseOffset));
      return;
    }
    topics.doubt(partition.topic);
    const failure = refusal(partition, answer);
    if (failure.passes) failed.set(partition, failure);
    else if (failure.kind === 'refused' && (partition.batch?.pieces.length ?? 0) > 1) sendOneByOne(partition);
    else giveUpBatch(partition, failure);
  }

  function taken(partition: PartitionQueue, base: number): void {
    partition.sequence = nextSequence(partition.sequence, partition.batch?.records.length ?? 0);
    if (base >= partition.end) acknowledge(partition, base);
    else giveUpBatch(partition, lostRecords(partition, base));
  }

  function refusal({ topic, partition }: PartitionQueue, answer: PartitionAnswer | undefined): KafkaFailure {
    const code = answer?.errorCode ?? -1;
    const failure = protocolFailure(code, `partition ${partition} of the topic ${topic}`, answer?.errorMessage);
    if (!LOST_COUNT.has(protocolName(code))) return failure;
    beginAnew();
    return new KafkaFailure('moving', failure.message);
  }

  /** So that one that is too large, or unfit, does not take its neighbours with it. */
  function sendOneByOne(partition: PartitionQueue): void {
    partition.alone = partition.batch?.pieces.length ?? 0;
    takeBack(partition);
    beginAnew();
  }

  function giveUpBatch(partition: PartitionQueue, failure: unknown): void {
    refuse(partition, giveUp(failure));
    beginAnew();
  }

  function beginAnew(): void {
    identity = undefined;
  }

  return { send, beginAnew };
}

async function leaderOf(topics: TopicMap, { topic: name, partition }: PartitionQueue): Promise<number> {
  const topic = await topics.findWith(name, partition, TOPIC_AGE_MS);
  if (topic === undefined) throw noTopic(name);
  const leader = topic.leaders[partition]!;
  if (leader >= 0) return leader;
  throw new KafkaFailure('moving', `No broker leads partition ${partition} of the topic ${name} at the moment.`);
}

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
