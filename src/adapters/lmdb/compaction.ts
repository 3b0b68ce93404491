import type { NewRecord } from '../../ports/log.ts';

/** Of a compacted topic: which records an append makes superfluous, since only the newest of each key has to stay. */
export interface Compaction {
  /** The offsets that may go in the transaction that appends `records` at `first`. */
  superseded(first: number, records: readonly NewRecord[]): number[];
  /** After an append that failed: what stands is not known any more, so it is read again before the next. */
  forget(): void;
}

/** `stored` lists the key of every record that stands, in order. */
export function createCompaction(
  stored: () => Iterable<readonly [offset: number, key: string | undefined]>,
): Compaction {
  let newest: Map<string, number> | undefined;

  function noteAll(
    into: Map<string, number>,
    records: Iterable<readonly [offset: number, key: string | undefined]>,
  ): number[] {
    const old: number[] = [];
    for (const [offset, key] of records) {
      if (key === undefined) continue;
      const before = into.get(key);
      if (before !== undefined) old.push(before);
      into.set(key, offset);
    }
    return old;
  }

  return {
    superseded(first, records): number[] {
      const leftOver = newest === undefined ? noteAll((newest = new Map()), stored()) : [];
      return [
        ...leftOver,
        ...noteAll(
          newest,
          records.map((record, index) => [first + index, record.key] as const),
        ),
      ];
    },
    forget(): void {
      newest = undefined;
    },
  };
}
