import type { LogRecord } from '../../ports/log.ts';
import type { ReadRecords } from './records.ts';

/** A broker gives whole batches. What a reader did not want of one is kept for its next fetch, up to so much in all. */
const KEPT_BYTES = 64 * 1024 * 1024;

export interface Leftovers {
  /** What was kept for whoever reads on at this offset; it is kept no longer. */
  take(topicId: string, partition: number, offset: number): ReadRecords | undefined;
  /** Takes off what goes beyond `maxBytes` and keeps it; at least one record stays. */
  cut(topicId: string, partition: number, read: ReadRecords, maxBytes: number): ReadRecords;
}

export function createLeftovers(): Leftovers {
  const kept = new Map<string, ReadRecords & { readonly bytes: number }>();
  let keptBytes = 0;

  function take(topicId: string, partition: number, offset: number): ReadRecords | undefined {
    const key = keyOf(topicId, partition, offset);
    const found = kept.get(key);
    if (found === undefined) return undefined;
    kept.delete(key);
    keptBytes -= found.bytes;
    return found;
  }

  function keep(topicId: string, partition: number, offset: number, rest: ReadRecords): void {
    take(topicId, partition, offset); // another reader's, at the same place
    const bytes = rest.records.reduce((sum, { value }) => sum + value.length, 0);
    kept.set(keyOf(topicId, partition, offset), { ...rest, bytes });
    keptBytes += bytes;
    for (const [key, oldest] of kept) {
      if (keptBytes <= KEPT_BYTES) break;
      kept.delete(key);
      keptBytes -= oldest.bytes;
    }
  }

  return {
    take,
    cut(topicId, partition, read, maxBytes) {
      const count = countOf(read.records, maxBytes);
      if (count === read.records.length) return read;
      const records = read.records.slice(0, count);
      const next = records[count - 1]!.offset + 1;
      keep(topicId, partition, next, { records: read.records.slice(count), next: read.next });
      return { records, next };
    },
  };
}

/** How many records it takes to have so many bytes. */
function countOf(records: readonly LogRecord[], maxBytes: number): number {
  let bytes = 0;
  for (const [index, { value }] of records.entries()) {
    bytes += value.length;
    if (bytes >= maxBytes) return index + 1;
  }
  return records.length;
}

function keyOf(topicId: string, partition: number, offset: number): string {
  return `${topicId}/${partition}/${offset}`;
}
