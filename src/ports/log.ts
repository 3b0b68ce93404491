/**
 * The log: named topics of numbered partitions of records, appended at the end and never changed. It is the truth;
 * everything else is a fold over it.
 *
 * What every adapter promises (contract suite: test/contract/log-contract.ts):
 * - L1 An append is acknowledged only when its records are durable; a process or machine that dies loses none of them.
 * - L2 Records of one append stand in order, together and at consecutive offsets if they are no more than APPEND_BYTES;
 *   offsets grow in the order of acknowledgement. An append that fails may still have happened, and one that was
 *   acknowledged may stand there twice when the broker died in it: every reader bears a record that comes again.
 * - L3 A record reads back with the bytes, key and headers that were appended; empty headers may come back as none.
 * - L4 Reading changes nothing: any number of readers, each from any offset, whenever they like.
 * - L5 A topic keeps its partition count and its identity for life; a mismatch is refused with LT_LOG_MISMATCH.
 * - L6 A failed append (disk full) rejects with LT_LOG_WRITE, what was acknowledged before stays readable, and the
 *   log takes appends again once there is room.
 * - L7 What is otherwise than the topic was asked for is named by `inspect`, also when somebody changed it meanwhile.
 * - L8 A log on another machine that cannot be reached rejects with LT_LOG_AWAY within a bound, one that refuses us
 *   with LT_LOG_ACCESS; it is used again, without being opened again, once it can be.
 */
export interface Log {
  /** Creates the topics that are missing and checks the others. Throws LT_LOG_MISMATCH. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;

  /** What is otherwise than asked for, nothing when all is well. Creates and changes nothing. */
  inspect(topics: readonly TopicSpec[]): Promise<readonly Mismatch[]>;

  /** The names of all topics that begin with `prefix`, in any order. */
  topics(prefix: string): Promise<readonly string[]>;

  /**
   * Resolves with the offset of the first record once all are durable. `records` holds at least one, and its bytes are
   * the log's until then. Throws LT_LOG_WRITE, LT_LOG_AWAY, LT_LOG_MISMATCH.
   */
  append(topic: string, partition: number, records: readonly NewRecord[]): Promise<number>;

  /** The offset that the next record of the partition will have. */
  end(topic: string, partition: number): Promise<number>;

  /**
   * Records at and after `from[partition]`, of whichever partitions have some; a negative number leaves a partition
   * out. Waits up to `waitMs` when there are none, then resolves with nothing. The caller owns the bytes.
   * A topic that is not there yet has none. Throws LT_LOG_MISMATCH when records at an offset asked for are gone
   * from a topic that is kept for ever, or were never there.
   */
  fetch(topic: string, from: readonly number[], options?: FetchOptions): Promise<readonly FetchedRecords[]>;

  /** An id made with the topic and never used again: a topic deleted and made anew has another. */
  topicId(topic: string): Promise<string>;

  /** Why it gives no answer at the moment, for whoever watches over the process; undefined while all is well. */
  trouble(): string | undefined;

  /** Waits for appends under way, unless it gives no answer: then they are refused. The log is of no use afterwards. */
  close(): Promise<void>;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** `forever`, or so many days after which records may go. */
  readonly retention: 'forever' | { readonly days: number };
  /** Only the newest record of each key has to stay. */
  readonly compacted?: boolean;
}

/** One way in which a topic is not as it was asked for. */
export interface Mismatch {
  readonly topic: string;
  /**
   * `missing`: there is no such topic · `fewer`: it has fewer partitions · `surplus`: it has more, which nobody reads ·
   * `retention`: records go too early, or not at all · `durability`: an acknowledged record can be lost with one machine ·
   * `size`: it does not take records as large as ours · `replaced`: it was deleted and made anew, as its election knows.
   */
  readonly kind: 'missing' | 'fewer' | 'surplus' | 'retention' | 'durability' | 'size' | 'replaced';
  /** A sentence that names the topic, what is found and what is expected. */
  readonly says: string;
  /** What to do about it. */
  readonly next: string;
}

/** The most bytes of an append, of up to 100,000 records with key and headers, whose records stand together. */
export const APPEND_BYTES: number = 4 * 1024 * 1024;

export interface NewRecord {
  readonly value: Uint8Array;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LogRecord extends NewRecord {
  readonly offset: number;
}

export interface FetchedRecords {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Where to read on: offsets may have holes. */
  readonly next: number;
}

export interface FetchOptions {
  /** Stop adding records of a partition once it has this many bytes; at least one record comes. Default 4 MB. */
  readonly maxBytes?: number;
  /** Default 0: do not wait. */
  readonly waitMs?: number;
  /** Ends the wait, not an error: resolves with what there is. */
  readonly signal?: AbortSignal;
}
