import type { NewRecord } from '../../ports/log.ts';

/**
 * A record as one LMDB value:
 *
 *   head length (u32, little endian) │ head (JSON of key and headers) │ the bytes of the record
 *
 * A record with neither key nor headers has an empty head.
 */
const LENGTH_BYTES = 4;

type Head = Pick<NewRecord, 'key' | 'headers'>;

/** Writes the records one after another into memory of the size that it asks for; one value each. */
export function encodeAll(records: readonly NewRecord[], take: (bytes: number) => Buffer): Buffer[] {
  const drafts = records.map(({ value, key, headers }) => {
    const head = key === undefined && headers === undefined ? '' : JSON.stringify({ key, headers });
    const headBytes = Buffer.byteLength(head);
    return { head, headBytes, value, size: LENGTH_BYTES + headBytes + value.length };
  });
  const memory = take(drafts.reduce((bytes, { size }) => bytes + size, 0));
  let end = 0;
  return drafts.map(({ head, headBytes, value, size }) => {
    const bytes = memory.subarray(end, (end += size));
    bytes.writeUInt32LE(headBytes);
    bytes.write(head, LENGTH_BYTES);
    bytes.set(value, LENGTH_BYTES + headBytes);
    return bytes;
  });
}

/** `bytes` is LMDB's own memory, good until its next read: what is kept is copied. */
export function decode(bytes: Buffer): NewRecord {
  const start = LENGTH_BYTES + bytes.readUInt32LE();
  const value = Buffer.allocUnsafe(bytes.length - start);
  bytes.copy(value, 0, start, bytes.length);
  if (start === LENGTH_BYTES) return { value };
  const head = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, start)) as Head;
  return { value, ...head };
}
