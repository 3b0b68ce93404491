import { fetchV13, type RecordsBatch } from '@platformatic/kafka';
import type { FetchedRecords, FetchOptions } from '../../ports/log.ts';
import { ANSWER_MS, type Cluster } from './cluster.ts';
import { giveUp, KafkaFailure, protocolFailure, protocolName } from './failures.ts';
import { createLeftovers } from './leftovers.ts';
import type { Line } from './line.ts';
import { pauseMs } from './patience.ts';
import { createReadLines } from './read-lines.ts';
import { decodeBatches } from './records.ts';
import { pause, untilStopped, type Stops } from './stops.ts';
import { createStuckPartitions } from './stuck-partitions.ts';
import type { KnownTopic, TopicMap } from './topic-map.ts';

/** Of a partition, unless told otherwise: measured, the fastest. */
const FETCH_BYTES = 4 * 1024 * 1024;
/** Never ask for less: what is too much is kept for the next fetch. */
const LEAST_BYTES = 256 * 1024;
/** Of all partitions at once. A broker gives no more than 55 MB. */
const ANSWER_BYTES = 32 * 1024 * 1024;
/** How long one request waits at a broker: whoever stops meanwhile leaves it behind. */
const WAIT_MS = 500;
/** The same where several brokers are asked, for what one has must not wait for the others. */
const SHARED_WAIT_MS = 50;
/** A topic that is not there yet is looked for this often. */
const ABSENT_MS = 200;
/** Where the partitions are led; brokers say so when it has changed. */
const TOPIC_AGE_MS = 60_000;
/** Records of transactions that were broken off come too: nobody here writes any, and their filter in the client errs. */
const READ_UNCOMMITTED = 0;
const NO_SESSION = { id: 0, epoch: -1 };

/** What becomes of an offset at which there is no record: where to read on. Throws LT_LOG_MISMATCH, KafkaFailure. */
export type OffsetRescue = (topic: KnownTopic, partition: number, offset: number) => Promise<number>;

export interface Fetching {
  fetch(topic: string, from: readonly number[], options: FetchOptions): Promise<readonly FetchedRecords[]>;
}

/** One fetch: where it is, partition by partition, and how much it wants. */
interface Reading {
  /** Moves on over what is no record; a negative number leaves the partition out. */
  readonly positions: number[];
  readonly maxBytes: number;
}

interface Findings {
  readonly found: FetchedRecords[];
  /** Whether a position moved without a record. */
  readonly moved: boolean;
  /** Of a partition that could not be asked. */
  readonly failure: KafkaFailure | undefined;
}

export function createFetching(
  cluster: Cluster,
  topics: TopicMap,
  { patienceMs, rescue, closing }: { patienceMs: number; rescue: OffsetRescue; closing: AbortSignal },
): Fetching {
  const lines = createReadLines(cluster);
  const leftovers = createLeftovers();
  const stuck = createStuckPartitions(patienceMs);
  let turn = 0;

  async function fetch(name: string, from: readonly number[], options: FetchOptions): Promise<FetchedRecords[]> {
    const { maxBytes = FETCH_BYTES, waitMs = 0, signal } = options;
    const reading: Reading = { positions: [...from], maxBytes };
    const deadlineMs = performance.now() + waitMs;
    let failures = 0;
    let failingSinceMs = 0;
    for (;;) {
      // A signal that has aborted before ends the wait, and not the look at what there is.
      const stops: Stops = signal === undefined || signal.aborted ? [closing] : [closing, signal];
      const leftMs = signal?.aborted === true ? 0 : Math.max(0, deadlineMs - performance.now());
      const findings = await untilStopped(stops, () => look(name, reading, leftMs, stops));
      if (findings === undefined) return [];
      if (findings.found.length > 0) return findings.found;
      if (findings.moved) continue;
      if (findings.failure === undefined) {
        failures = 0;
        if (performance.now() >= deadlineMs || signal?.aborted === true || closing.aborted) return [];
        continue;
      }
      // Not being able to ask is not the same as there being nothing.
      topics.doubt(name);
      if (failures === 0) failingSinceMs = performance.now();
      failures += 1;
      if (signal?.aborted === true || closing.aborted) return [];
      if (performance.now() - failingSinceMs >= patienceMs) throw giveUp(findings.failure);
      await pause(pauseMs(failures), stops);
    }
  }

  async function look(name: string, reading: Reading, waitMs: number, stops: Stops): Promise<Findings> {
    try {
      const last = reading.positions.findLastIndex((position) => position >= 0);
      const topic = await topics.findWith(name, last, TOPIC_AGE_MS);
      if (topic === undefined) {
        await pause(Math.min(waitMs, ABSENT_MS), stops);
        return { found: [], moved: false, failure: undefined };
      }
      return await readTopic(topic, reading, waitMs);
    } catch (failure) {
      if (failure instanceof KafkaFailure && failure.passes) return { found: [], moved: false, failure };
      throw giveUp(failure);
    }
  }

  async function readTopic(topic: KnownTopic, reading: Reading, waitMs: number): Promise<Findings> {
    const { positions, maxBytes } = reading;
    const found: FetchedRecords[] = [];
    const toAsk: number[] = [];
    for (const [partition, position] of positions.entries()) {
      if (position < 0) continue;
      const kept = leftovers.take(topic.id, partition, position);
      if (kept === undefined) toAsk.push(partition);
      else found.push({ partition, ...leftovers.cut(topic.id, partition, kept, maxBytes) });
    }
    if (toAsk.length === 0) return { found, moved: false, failure: undefined };
    const asked = await askLeaders(topic, reading, toAsk, found.length > 0 ? 0 : waitMs);
    return { ...asked, found: [...found, ...asked.found].toSorted((a, b) => a.partition - b.partition) };
  }

  async function askLeaders(
    topic: KnownTopic,
    reading: Reading,
    partitions: readonly number[],
    waitMs: number,
  ): Promise<Findings> {
    const byLeader = Map.groupBy(partitions, (partition) => topic.leaders[partition]!);
    const longestMs = byLeader.size > 1 ? SHARED_WAIT_MS : WAIT_MS;
    const request = { topic, reading, waitMs: Math.min(waitMs, longestMs) };
    const all = await lines.lend((line) =>
      Promise.all([...byLeader].map(([leader, some]) => askLeader(line, leader, { ...request, partitions: some }))),
    );
    return {
      found: all.flatMap(({ found }) => found),
      moved: all.some(({ moved }) => moved),
      failure: all.find(({ failure }) => failure !== undefined)?.failure,
    };
  }

  interface LeaderRequest {
    readonly topic: KnownTopic;
    readonly reading: Reading;
    readonly partitions: readonly number[];
    readonly waitMs: number;
  }

  async function askLeader(line: Line, leader: number, request: LeaderRequest): Promise<Findings> {
    const { topic, reading, partitions, waitMs } = request;
    try {
      if (leader < 0) throw new KafkaFailure('moving', `The topic ${topic.name} has no leader at the moment.`);
      const answer = await cluster.askNode(
        leader,
        fetchV13.api,
        [
          Math.ceil(waitMs),
          1,
          ANSWER_BYTES,
          READ_UNCOMMITTED,
          NO_SESSION.id,
          NO_SESSION.epoch,
          [{ topicId: topic.id, partitions: fetchRequests(partitions, reading) }],
          [],
          '',
        ],
        { line, timeoutMs: ANSWER_MS + waitMs },
      );
      if (answer.errorCode !== 0) throw protocolFailure(answer.errorCode, `the topic ${topic.name}`);
      const findings = await takeAnswers(topic, reading, answer.responses[0]?.partitions ?? []);
      if (findings.failure === undefined) stuck.asked(topic.id, leader);
      else stuck.failed(topic.id, leader, findings.failure);
      return findings;
    } catch (failure) {
      if (!(failure instanceof KafkaFailure && failure.passes)) throw failure;
      stuck.failed(topic.id, leader, failure);
      return { found: [], moved: false, failure };
    }
  }

  /** In turn another partition comes first: an answer that is full has nothing of the last ones. */
  function fetchRequests(partitions: readonly number[], { positions, maxBytes }: Reading): FetchRequestPartition[] {
    const start = turn++ % partitions.length;
    return [...partitions.slice(start), ...partitions.slice(0, start)].map((partition) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(positions[partition]!),
      lastFetchedEpoch: -1,
      partitionMaxBytes: Math.max(maxBytes, LEAST_BYTES),
    }));
  }

  async function takeAnswers(
    topic: KnownTopic,
    { positions, maxBytes }: Reading,
    answers: readonly PartitionAnswer[],
  ): Promise<Findings> {
    const found: FetchedRecords[] = [];
    let moved = false;
    let failure: KafkaFailure | undefined;
    for (const { partitionIndex: partition, errorCode, records: batches } of answers) {
      const position = positions[partition]!;
      if (protocolName(errorCode) === 'OFFSET_OUT_OF_RANGE') {
        positions[partition] = await rescue(topic, partition, position);
        moved = true;
      } else if (errorCode !== 0) {
        failure = protocolFailure(errorCode, `partition ${partition} of the topic ${topic.name}`);
        if (!failure.passes) throw failure;
      } else {
        const read = decodeBatches(batches ?? [], position);
        if (read === undefined) continue;
        positions[partition] = read.next;
        if (read.records.length > 0) found.push({ partition, ...leftovers.cut(topic.id, partition, read, maxBytes) });
        else moved = true;
      }
    }
    return { found, moved, failure };
  }

  return { fetch };
}

type FetchRequestPartition = Parameters<typeof fetchV13.createRequest>[6][number]['partitions'][number];

interface PartitionAnswer {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly records?: readonly RecordsBatch[] | null;
}
