import type { NewRecord } from '../src/ports/log.ts';

/** Lines, of latin1 text, as records of so many each, in turn. */
export function inRecords(lines: readonly string[], sizes: readonly number[]): NewRecord[] {
  const records: NewRecord[] = [];
  for (let at = 0, turn = 0; at < lines.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    records.push({ value: Buffer.from(`${lines.slice(at, at + size).join('\n')}\n`, 'latin1') });
    at += size;
  }
  return records;
}
