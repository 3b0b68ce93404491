import { IF_EXISTS, type Database } from 'lmdb';
import type { LogRecord, NewRecord } from '../../ports/log.ts';
import { createCompaction } from './compaction.ts';
import { encodeAll } from './envelope.ts';
import type { Scratch } from './scratch.ts';

/** The records of one partition: an LMDB database of its own, so that appends fill its pages in order. */
export interface Partition {
  /** Resolves with the offset of the first record once all are on the disk. */
  append(records: readonly NewRecord[]): Promise<number>;
  /** Records from the offset on, until they have `maxBytes`. */
  read(from: number, maxBytes: number): LogRecord[];
  /** The offset of the next record. */
  end(): number;
}

export function createPartition(db: Database<NewRecord, number>, compacted: boolean, scratch: Scratch): Partition {
  const compaction = compacted ? createCompaction(() => storedKeys(db)) : undefined;
  let next = 0;
  let underWay = 0;

  async function append(records: readonly NewRecord[]): Promise<number> {
    let memory: Buffer | undefined;
    // Encoded ahead: once it has begun, LMDB's writer waits for the rest, and a bad record must not end it midway.
    const values = encodeAll(records, (bytes) => (memory = scratch.take(bytes)));
    // With nothing under way the disk knows best: what failed is not there, what another process appended is.
    if (underWay === 0) next = endOf(db);
    underWay += 1;
    try {
      return await storeAtEnd(records, values);
    } catch (cause) {
      compaction?.forget();
      throw cause;
    } finally {
      underWay -= 1;
      if (memory !== undefined) scratch.giveBack(memory);
    }
  }

  async function storeAtEnd(records: readonly NewRecord[], values: readonly Buffer[]): Promise<number> {
    for (;;) {
      const first = next;
      next += values.length;
      const old = compaction?.superseded(first, records) ?? [];
      if (await store(db, first, values, old)) return first;
      next = endOf(db);
      compaction?.forget();
    }
  }

  function read(from: number, maxBytes: number): LogRecord[] {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const { key: offset, value: record } of db.getRange({ start: from })) {
      records.push({ offset, ...record });
      bytes += record.value.length;
      if (bytes >= maxBytes) break;
    }
    return records;
  }

  return { append, read, end: () => endOf(db) };
}

/**
 * All of the records in one transaction; false, and nothing stored, unless they come right after the last one: another
 * process has appended meanwhile, or the append before this one failed. Without overlappingSync (lmdb-log.ts) LMDB
 * resolves only after the flush. Both promises are awaited, since each of them rejects when the disk is full.
 */
async function store(
  db: Database<NewRecord, number>,
  first: number,
  values: readonly Buffer[],
  old: readonly number[],
): Promise<boolean> {
  const put = (): void => {
    // LMDB takes bytes as they are, and gives them back decoded: its types know one of the two.
    for (const [index, value] of values.entries()) void db.put(first + index, value as unknown as NewRecord);
    for (const offset of old) void db.remove(offset);
  };
  let joins = Promise.resolve(true);
  const free = db.ifNoExists(first, () => {
    if (first === 0) put();
    else joins = db.ifVersion(first - 1, IF_EXISTS, put);
  });
  const [isFree, isJoined] = await Promise.all([free, joins]);
  return isFree && isJoined;
}

function endOf(db: Database<NewRecord, number>): number {
  for (const offset of db.getKeys({ reverse: true, limit: 1 })) return offset + 1;
  return 0;
}

function* storedKeys(db: Database<NewRecord, number>): Generator<readonly [number, string | undefined]> {
  for (const { key: offset, value: record } of db.getRange()) yield [offset, record.key];
}
