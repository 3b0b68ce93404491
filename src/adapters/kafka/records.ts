import type { MessageRecord, RecordsBatch } from '@platformatic/kafka';
import type { LogRecord, NewRecord } from '../../ports/log.ts';

/** A record costs this much in a batch, at the most, besides its key, its value and its headers. */
const RECORD_BYTES = 32;
const HEADER_BYTES = 10;
/** A batch with this bit holds the marker of a transaction and no data. */
const CONTROL_BIT = 0b10_0000;

/** The record as the client takes it; its bytes are not copied. */
export function encodeRecord(topic: string, partition: number, { value, key, headers }: NewRecord): MessageRecord {
  return {
    topic,
    partition,
    value: asBuffer(value),
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    ...(headers === undefined ? {} : { headers: encodeHeaders(headers) }),
  };
}

function encodeHeaders(headers: Readonly<Record<string, string>>): Map<Buffer, Buffer> {
  return new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]));
}

/** What the record takes in a batch, at the most. */
export function bytesOf({ value, key, headers }: MessageRecord): number {
  let bytes = RECORD_BYTES + value.length + (key?.length ?? 0);
  for (const [name, text] of headers ?? []) bytes += HEADER_BYTES + name.length + text.length;
  return bytes;
}

export interface ReadRecords {
  readonly records: readonly LogRecord[];
  /** After the last batch, also where offsets have holes there. */
  readonly next: number;
}

/**
 * The records of batches from an offset on: a fetch that begins inside a batch gets the whole batch. Undefined where no
 * batch reaches so far.
 */
export function decodeBatches(batches: readonly RecordsBatch[], from: number): ReadRecords | undefined {
  const records: LogRecord[] = [];
  let next: number | undefined;
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    const after = first + batch.lastOffsetDelta + 1;
    if (after <= from) continue;
    next = after;
    if ((batch.attributes & CONTROL_BIT) !== 0) continue;
    for (const { offsetDelta, key, value, headers } of batch.records) {
      const offset = first + offsetDelta;
      if (offset < from) continue;
      records.push({
        offset,
        value: value ?? new Uint8Array(0),
        ...(key === null ? {} : { key: key.toString() }),
        ...(headers.length === 0 ? {} : { headers: decodeHeaders(headers) }),
      });
    }
  }
  return next === undefined ? undefined : { records, next };
}

function decodeHeaders(headers: readonly (readonly [Buffer | null, Buffer | null])[]): Record<string, string> {
  return Object.fromEntries(headers.map(([name, text]) => [name?.toString() ?? '', text?.toString() ?? '']));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
