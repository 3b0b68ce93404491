import { LINE_BYTES, RECORD_BYTES, RECORD_LINES } from '../../topics/ballots.ts';
import type { NewRecord } from '../../ports/log.ts';

/** A record being filled with ballot lines that arrived together, and who waits for it to be durable. */
export interface Frame {
  bytes: Buffer;
  length: number;
  lines: number;
  /** Each is told once, with the error when the append failed. */
  readonly waiting: ((error?: unknown) => void)[];
}

/** Grows by doubling: most records of a web page hold one ballot. */
const LEAST_BYTES = 4 * 1024;

export function emptyFrame(): Frame {
  return { bytes: Buffer.allocUnsafe(LEAST_BYTES), length: 0, lines: 0, waiting: [] };
}

/** Whether any line still fits. */
export function hasRoom(frame: Frame): boolean {
  return frame.lines < RECORD_LINES && frame.length + LINE_BYTES < RECORD_BYTES;
}

/** Adds `bytes[start … end)` and a line feed. */
export function addLine(frame: Frame, bytes: Buffer, start: number, end: number): void {
  if (frame.length + end - start >= frame.bytes.length) grow(frame);
  bytes.copy(frame.bytes, frame.length, start, end);
  frame.length += end - start;
  frame.bytes[frame.length++] = 0x0a;
  frame.lines++;
}

function grow(frame: Frame): void {
  const larger = Buffer.allocUnsafe(frame.bytes.length * 2 + LINE_BYTES);
  frame.bytes.copy(larger, 0, 0, frame.length);
  frame.bytes = larger;
}

/** The header `lines` lets a reader that forgot to split notice. */
export function recordOf(frame: Frame): NewRecord {
  return {
    value: frame.bytes.subarray(0, frame.length),
    headers: { 'content-type': 'application/x-ndjson', lines: String(frame.lines) },
  };
}
