import { fetchV13, type RecordsBatch } from '@platformatic/kafka';
import type { FetchedRecords } from '../../ports/log.ts';
import { ANSWER_MS, type Cluster } from './cluster.ts';
import { KafkaFailure, protocolFailure, protocolName } from './failures.ts';
import { createLeftovers } from './leftovers.ts';
import type { Line } from './line.ts';
import { createReadLines } from './read-lines.ts';
import { decodeBatches } from './records.ts';
import { createStuckPartitions } from './stuck-partitions.ts';
import type { KnownTopic } from './topic-map.ts';

/** Where a reader is, partition by partition, and how much of each it wants. */
export interface Reading {
  /** Moves on over what is no record; a negative number leaves the partition out. */
  readonly positions: number[];
  readonly maxBytes: number;
}

export interface Findings {
  readonly found: readonly FetchedRecords[];
  /** Whether a position moved without a record. */
  readonly moved: boolean;
  /** Of a partition that could not be asked. */
  readonly failure: KafkaFailure | undefined;
}

export const NOTHING: Findings = { found: [], moved: false, failure: undefined };

/** Asks each broker once for what the partitions that it leads have, and lets it wait for some. Throws KafkaFailure. */
export type Look = (topic: KnownTopic, reading: Reading, waitMs: number) => Promise<Findings>;

/** What becomes of an offset at which there is no record: where to read on. Throws LT_LOG_MISMATCH, KafkaFailure. */
export type OffsetRescue = (topic: KnownTopic, partition: number, offset: number) => Promise<number>;

/** What one broker is asked. */
interface Question {
  readonly line: Line;
  readonly leader: number;
  readonly topic: KnownTopic;
  /** Of those it leads. */
  readonly partitions: readonly number[];
  readonly reading: Reading;
  readonly waitMs: number;
}

/** Never ask for less: what is too much is kept for the next fetch. */
const LEAST_BYTES = 256 * 1024;
/** Of all partitions at once. A broker gives no more than 55 MB. */
const ANSWER_BYTES = 32 * 1024 * 1024;
/** How long one request waits at a broker: whoever stops meanwhile leaves it behind. */
const WAIT_MS = 500;
/** The same where several brokers are asked, for what one has must not wait for the others. */
const SHARED_WAIT_MS = 50;
/** Records of transactions that were broken off come too: nobody here writes any, and their filter in the client errs. */
const READ_UNCOMMITTED = 0;
const NO_SESSION = { id: 0, epoch: -1 };

export function createLook(cluster: Cluster, rescue: OffsetRescue, patienceMs: number): Look {
  const lines = createReadLines(cluster);
  const leftovers = createLeftovers();
  const stuck = createStuckPartitions(patienceMs);
  let turn = 0;

  async function look(topic: KnownTopic, reading: Reading, waitMs: number): Promise<Findings> {
    const wanted = [...reading.positions.keys()].filter((partition) => reading.positions[partition]! >= 0);
    const found = wanted.flatMap((partition) => keptOf(topic, partition, reading));
    const toAsk = wanted.filter((partition) => !found.some((kept) => kept.partition === partition));
    if (toAsk.length === 0) return { ...NOTHING, found };
    const asked = await askLeaders(topic, reading, toAsk, found.length > 0 ? 0 : waitMs);
    return { ...asked, found: [...found, ...asked.found].toSorted((a, b) => a.partition - b.partition) };
  }

  function keptOf({ id }: KnownTopic, partition: number, { positions, maxBytes }: Reading): FetchedRecords[] {
    const kept = leftovers.take(id, partition, positions[partition]!);
    return kept === undefined ? [] : [{ partition, ...leftovers.cut(id, partition, kept, maxBytes) }];
  }

  async function askLeaders(
    topic: KnownTopic,
    reading: Reading,
    partitions: readonly number[],
    waitMs: number,
  ): Promise<Findings> {
    const byLeader = Map.groupBy(partitions, (partition) => topic.leaders[partition]!);
    const atMostMs = Math.min(waitMs, byLeader.size > 1 ? SHARED_WAIT_MS : WAIT_MS);
    const all = await lines.lend((line) =>
      Promise.all(
        [...byLeader].map(([leader, some]) =>
          askLeader({ line, leader, topic, partitions: some, reading, waitMs: atMostMs }),
        ),
      ),
    );
    return {
      found: all.flatMap(({ found }) => found),
      moved: all.some(({ moved }) => moved),
      failure: all.find(({ failure }) => failure !== undefined)?.failure,
    };
  }

  /** A failure that passes is noted: what the others have is not held up by it. */
  async function askLeader(question: Question): Promise<Findings> {
    const { topic, leader } = question;
    try {
      const findings = await readFrom(question);
      if (findings.failure === undefined) stuck.asked(topic.id, leader);
      else stuck.failed(topic.id, leader, findings.failure);
      return findings;
    } catch (failure) {
      if (!(failure instanceof KafkaFailure && failure.passes)) throw failure;
      stuck.failed(topic.id, leader, failure);
      return { ...NOTHING, failure };
    }
  }

  async function readFrom({ line, leader, topic, partitions, reading, waitMs }: Question): Promise<Findings> {
    if (leader < 0) throw new KafkaFailure('moving', `Nobody leads some of the topic ${topic.name} at the moment.`);
    const asked = [
      { topicId: topic.id, partitions: inTurn(partitions, turn++).map((one) => requestFor(one, reading)) },
    ];
    const { errorCode, responses } = await cluster.askNode(
      leader,
      fetchV13.api,
      [Math.ceil(waitMs), 1, ANSWER_BYTES, READ_UNCOMMITTED, NO_SESSION.id, NO_SESSION.epoch, asked, [], ''],
      { line, timeoutMs: ANSWER_MS + waitMs },
    );
    if (errorCode !== 0) throw protocolFailure(errorCode, `the topic ${topic.name}`);
    const answers = responses[0]?.partitions ?? [];
    const all = await Promise.all(answers.map((answer) => takeAnswer(topic, reading, answer)));
    return {
      found: all.flatMap(({ found }) => found),
      moved: all.some(({ moved }) => moved),
      failure: all.find(({ failure }) => failure !== undefined)?.failure,
    };
  }

  async function takeAnswer(
    topic: KnownTopic,
    { positions, maxBytes }: Reading,
    { partitionIndex: partition, errorCode, records: batches }: PartitionAnswer,
  ): Promise<Findings> {
    const position = positions[partition]!;
    if (protocolName(errorCode) === 'OFFSET_OUT_OF_RANGE') {
      positions[partition] = await rescue(topic, partition, position);
      return { ...NOTHING, moved: true };
    }
    if (errorCode !== 0) {
      const failure = protocolFailure(errorCode, `partition ${partition} of the topic ${topic.name}`);
      if (!failure.passes) throw failure;
      return { ...NOTHING, failure };
    }
    const read = decodeBatches(batches ?? [], position);
    if (read === undefined) return NOTHING;
    positions[partition] = read.next;
    if (read.records.length === 0) return { ...NOTHING, moved: true };
    return { ...NOTHING, found: [{ partition, ...leftovers.cut(topic.id, partition, read, maxBytes) }] };
  }

  return look;
}

type PartitionRequest = Parameters<typeof fetchV13.createRequest>[6][number]['partitions'][number];

interface PartitionAnswer {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly records?: readonly RecordsBatch[] | null;
}

function requestFor(partition: number, { positions, maxBytes }: Reading): PartitionRequest {
  return {
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: BigInt(positions[partition]!),
    lastFetchedEpoch: -1,
    partitionMaxBytes: Math.max(maxBytes, LEAST_BYTES),
  };
}

/** Each time another one comes first: an answer that is full has nothing of the last ones. */
function inTurn(partitions: readonly number[], turn: number): number[] {
  const start = turn % partitions.length;
  return [...partitions.slice(start), ...partitions.slice(0, start)];
}
