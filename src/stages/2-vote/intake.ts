import type { Log } from '../../ports/log.ts';
import { LINE_BYTES, partitionOf } from '../../topics/ballots.ts';
import { topicName } from '../../topics/topics.ts';
import { addLine, emptyFrame, hasRoom, recordOf, type Frame } from './frame.ts';

/**
 * The one way in for ballots, whoever sends them: check, batch, append, answer.
 *
 * It holds no state of the election and judges little: a line it can place is recorded, and the fold decides whether it is
 * counted. Lines without a readable serial are recorded in partition 0, where the count shows them as invalid. So
 * any number of intakes can run, and a sender that is not sure sends again.
 */
export interface Intake {
  /**
   * Takes ballot lines, NDJSON. Resolves once every line that was not refused is durable; rejects when an append
   * failed, and then any of them may or may not be in the log: send them again. Waits before it takes more than
   * it can hold. Many may be under way.
   */
  accept(ndjson: Uint8Array): Promise<Receipt>;
  /** Resolves when everything taken is durable. */
  close(): Promise<void>;
}

export interface Receipt {
  readonly recorded: number;
  readonly refused: readonly Refusal[];
}

export interface Refusal {
  /** From 0, within what was sent. */
  readonly line: number;
  readonly why: 'empty' | 'too-long';
}

/** Bytes waiting to be durable beyond which `accept` waits; two appends of all partitions fit well. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;
/** Frames in one append: enough that the cost of a flush is spread, few enough that an answer does not wait long. */
const FRAMES_AN_APPEND = 16;

export function createIntake(log: Log, electionId: string, partitions: number): Intake {
  const room = createRoom(MOST_WAITING_BYTES);
  const writers = Array.from({ length: partitions }, (_, partition) =>
    createWriter(log, topicName(electionId, 'ballots'), partition),
  );

  async function accept(ndjson: Uint8Array): Promise<Receipt> {
    const bytes = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength);
    await room.take(bytes.length);
    const refused: Refusal[] = [];
    const touched = new Set<Frame>();
    let recorded = 0;
    let line = 0;
    for (let start = 0; start < bytes.length; line++) {
      const feed = bytes.indexOf(0x0a, start);
      const end = feed < 0 ? bytes.length : feed;
      const refusal = refuse(end - start);
      if (refusal === undefined) {
        const serial = readSerial(bytes, start, end);
        touched.add(writers[partitionOf(serial, partitions)]!.add(bytes, start, end));
        recorded++;
      } else refused.push({ line, why: refusal });
      start = end + 1;
    }
    const durable = [...touched].map(whenDurable);
    for (const writer of writers) writer.flush();
    try {
      await Promise.all(durable);
    } finally {
      room.give(bytes.length);
    }
    return { recorded, refused };
  }

  return {
    accept,
    async close() {
      await Promise.all(writers.map((writer) => writer.idle()));
    },
  };
}

function refuse(lineBytes: number): Refusal['why'] | undefined {
  if (lineBytes === 0) return 'empty';
  return lineBytes > LINE_BYTES ? 'too-long' : undefined;
}

const PREFIX_BYTES = '{"serial":'.length;

/** The digits where a ballot line has its serial, or 0: whether they are one is for the fold to say. */
function readSerial(bytes: Buffer, start: number, end: number): number {
  let serial = 0;
  for (let at = start + PREFIX_BYTES; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    serial = serial * 10 + digit;
  }
  return serial <= 0xffff_ffff ? serial : 0;
}

function whenDurable(frame: Frame): Promise<void> {
  return new Promise((resolve, reject) => {
    frame.waiting.push((error) => (error === undefined ? resolve() : reject(error)));
  });
}

/** Fills frames of one partition and appends them, one append at a time, so that their order is the order of arrival. */
interface Writer {
  /** Adds a line; returns the frame that holds it. */
  add(bytes: Buffer, start: number, end: number): Frame;
  flush(): void;
  idle(): Promise<void>;
}

function createWriter(log: Log, topic: string, partition: number): Writer {
  let filling = emptyFrame();
  const full: Frame[] = [];
  let appending: Promise<void> | undefined;

  function seal(): void {
    full.push(filling);
    filling = emptyFrame();
  }

  async function appendAll(): Promise<void> {
    for (;;) {
      // What arrived during the last append goes together into the next.
      if (full.length === 0 && filling.lines > 0) seal();
      const frames = full.splice(0, FRAMES_AN_APPEND);
      if (frames.length === 0) break;
      const error = await log.append(topic, partition, frames.map(recordOf)).then(
        () => undefined,
        (reason: unknown) => reason ?? new Error('append failed'),
      );
      for (const frame of frames) for (const tell of frame.waiting) tell(error);
    }
    appending = undefined;
  }

  return {
    add(bytes, start, end) {
      if (!hasRoom(filling)) seal();
      addLine(filling, bytes, start, end);
      return filling;
    },
    flush() {
      if (appending !== undefined || (full.length === 0 && filling.lines === 0)) return;
      appending = appendAll();
    },
    async idle() {
      while (appending !== undefined) await appending;
    },
  };
}

/** A budget of bytes; whoever wants more than is left waits in line. */
interface Room {
  take(bytes: number): Promise<void>;
  give(bytes: number): void;
}

function createRoom(limitBytes: number): Room {
  let taken = 0;
  const waiting: { bytes: number; go: () => void }[] = [];

  function admit(): void {
    while (waiting.length > 0 && (taken === 0 || taken + waiting[0]!.bytes <= limitBytes)) {
      const next = waiting.shift()!;
      taken += next.bytes;
      next.go();
    }
  }

  return {
    take(bytes) {
      return new Promise((go) => {
        waiting.push({ bytes, go });
        admit();
      });
    },
    give(bytes) {
      taken -= bytes;
      admit();
    },
  };
}
