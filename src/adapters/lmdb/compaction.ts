import type { NewRecord } from '../../ports/log.ts';

type KeyAt = readonly [offset: number, key: string | undefined];

/** Of a compacted topic: which records an append makes superfluous, since only the newest of each key has to stay. */
export interface Compaction {
  /** The offsets that may go in the transaction that appends `records` at `first`. */
  superseded(first: number, records: readonly NewRecord[]): number[];
  /** After an append that failed: what stands is not known any more, so it is read again before the next. */
  forget(): void;
}

/** `stored` lists the key of every record that stands, in order. */
export function createCompaction(stored: () => Iterable<KeyAt>): Compaction {
  let newest: Map<string, number> | undefined;

  return {
    superseded(first, records): number[] {
      const leftOver = newest === undefined ? noteAll((newest = new Map()), stored()) : [];
      const added = records.map((record, index): KeyAt => [first + index, record.key]);
      return [...leftOver, ...noteAll(newest, added)];
    },
    forget(): void {
      newest = undefined;
    },
  };
}

/** Enters the newer records; returns the offsets of those that they replace. */
function noteAll(newest: Map<string, number>, records: Iterable<KeyAt>): number[] {
  const replaced: number[] = [];
  for (const [offset, key] of records) {
    if (key === undefined) continue;
    const before = newest.get(key);
    if (before !== undefined) replaced.push(before);
    newest.set(key, offset);
  }
  return replaced;
}
