import type { MessageRecord } from '@platformatic/kafka';
import { APPEND_BYTES, type NewRecord } from '../../ports/log.ts';
import { bytesOf, encodeRecord } from './records.ts';

/** Appends of a partition are put together in one batch up to here. */
const BATCH_BYTES = APPEND_BYTES;
/**
 * An append stays in one batch up to here, whatever its small records take besides their bytes. A topic takes batches of
 * twice APPEND_BYTES (topic-settings.ts), with some room for the head of the batch.
 */
const PIECE_BYTES = 2 * APPEND_BYTES - 64 * 1024;
/** Of all batches that are sent at once: each is copied a few times on its way. */
const SEND_BYTES = 16 * 1024 * 1024;

/** An append as its caller waits for it. */
export interface Append {
  readonly deadlineMs: number;
  /** Where its first record stands, once that is known. */
  first: number | undefined;
  /** Acknowledged or refused: what is left of it is not sent. */
  done: boolean;
  acknowledge(first: number): void;
  refuse(error: unknown): void;
}

/** What of an append fits one batch: all of it, but for huge ones. */
interface Piece {
  readonly append: Append;
  readonly records: readonly MessageRecord[];
  readonly bytes: number;
  readonly isLast: boolean;
}

/** What is sent to a partition as one: the broker takes all of it, or nothing. */
export interface Batch {
  readonly pieces: readonly Piece[];
  readonly records: MessageRecord[];
  readonly bytes: number;
}

/** The appends to one partition, in their order. One batch of them at most is under way. */
export interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly waiting: Piece[];
  batch: Batch | undefined;
  /** How many records the broker has got from this producer (producer-identity.ts). */
  sequence: number;
  /** Where the partition ended when it last acknowledged something. */
  end: number;
  /** So many appends go out one by one: together they were refused. */
  alone: number;
}

export interface SendQueue {
  /** Resolves as `append` of the port does. */
  add(topic: string, partition: number, records: readonly NewRecord[], deadlineMs: number): Promise<number>;
  /** Makes batches for the partitions that have none under way. Those that have something to send. */
  fill(): PartitionQueue[];
  all(): Iterable<PartitionQueue>;
}

export function createSendQueue(): SendQueue {
  const partitions = new Map<string, PartitionQueue>();
  let first = 0;

  function queueOf(topic: string, partition: number): PartitionQueue {
    const key = `${topic}:${partition}`;
    const known = partitions.get(key);
    if (known !== undefined) return known;
    const queue = { topic, partition, waiting: [], batch: undefined, sequence: 0, end: 0, alone: 0 };
    partitions.set(key, queue);
    return queue;
  }

  return {
    add(topic, partition, records, deadlineMs) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const append: Append = {
        deadlineMs,
        first: undefined,
        done: false,
        acknowledge: (offset) => ((append.done = true), resolve(offset)),
        refuse: (error) => ((append.done = true), reject(error)),
      };
      const encoded = records.map((record) => encodeRecord(topic, partition, record));
      queueOf(topic, partition).waiting.push(...piecesOf(append, encoded));
      return promise;
    },

    fill() {
      const inTurn = rotated([...partitions.values()], first++);
      let bytes = inTurn.reduce((sum, { batch }) => sum + (batch?.bytes ?? 0), 0);
      for (const queue of inTurn) {
        if (queue.batch !== undefined || bytes >= SEND_BYTES) continue;
        queue.batch = nextBatch(queue);
        bytes += queue.batch?.bytes ?? 0;
      }
      return inTurn.filter(({ batch }) => batch !== undefined);
    },

    all: () => partitions.values(),
  };
}

function piecesOf(append: Append, records: readonly MessageRecord[]): Piece[] {
  const cuts: { records: MessageRecord[]; bytes: number }[] = [];
  let last = { records: [] as MessageRecord[], bytes: 0 };
  for (const record of records) {
    const bytes = bytesOf(record);
    if (cuts.length === 0 || last.bytes + bytes > PIECE_BYTES) cuts.push((last = { records: [], bytes: 0 }));
    last.records.push(record);
    last.bytes += bytes;
  }
  return cuts.map((cut, index) => ({ append, ...cut, isLast: index === cuts.length - 1 }));
}

function nextBatch(queue: PartitionQueue): Batch | undefined {
  const pieces: Piece[] = [];
  let bytes = 0;
  for (let piece = queue.waiting[0]; piece !== undefined; piece = queue.waiting[0]) {
    const isFull = pieces.length > 0 && (queue.alone > 0 || bytes + piece.bytes > BATCH_BYTES);
    if (isFull && !piece.append.done) break;
    queue.waiting.shift();
    if (piece.append.done) continue;
    pieces.push(piece);
    bytes += piece.bytes;
  }
  queue.alone = Math.max(0, queue.alone - 1);
  return pieces.length === 0 ? undefined : { pieces, bytes, records: pieces.flatMap((piece) => piece.records) };
}

/** Puts the batch back where it was: what of it is still wanted goes into the next one. */
export function takeBack(queue: PartitionQueue): void {
  queue.waiting.unshift(...(queue.batch?.pieces ?? []));
  queue.batch = undefined;
}

/** The batch stands in the log from `base` on. */
export function acknowledge(queue: PartitionQueue, base: number): void {
  let offset = base;
  for (const { append, records, isLast } of queue.batch?.pieces ?? []) {
    append.first ??= offset;
    offset += records.length;
    if (isLast) append.acknowledge(append.first);
  }
  queue.end = offset;
  queue.batch = undefined;
}

export function refuse(queue: PartitionQueue, error: unknown): void {
  for (const { append } of queue.batch?.pieces ?? []) append.refuse(error);
  queue.batch = undefined;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
