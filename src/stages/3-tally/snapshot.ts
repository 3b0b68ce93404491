import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { INVALID_REASONS, OUTCOMES } from '../../election/ballot.ts';
import { LivetallyError } from '../../error.ts';
import type { Life } from '../../topics/life.ts';
import type { Position } from '../../topics/position.ts';
import { Counter } from './count.ts';

/**
 * The tally at a position, in one file, so that a start need not read the log from zero. It is never the truth: a
 * snapshot of another log or another version is passed over, and a damaged one is refused by its checksum.
 *
 * Layout: 32 bytes SHA-256 of what follows · u32 length of the header · header (JSON) · spent bits · counted ballots
 * by column (f64) · cells (u32 list, column, count).
 */
const VERSION = 1;

const headerSchema = z.object({
  version: z.literal(VERSION),
  /** Identity of the topics `events` and `ballots`, and the hash of the election. */
  log: z.string(),
  position: z.object({ events: z.int().min(0), ballots: z.array(z.int().min(0)) }),
  lines: z.number(),
  strays: z.number(),
  outcomes: z.array(z.number()).length(OUTCOMES.length),
  invalid: z.array(z.number()).length(INVALID_REASONS.length),
  /** By number: contest and names. */
  lists: z.array(z.tuple([z.string(), z.string()])),
  spentBytes: z.int().min(0),
  ballotsBytes: z.int().min(0),
  cellsBytes: z.int().min(0),
});

type Header = z.infer<typeof headerSchema>;

export interface Snapshot {
  readonly position: Position;
  readonly log: string;
  /** Gives a counter of `life`, which must be caught up to the snapshot's events, the counts. */
  restore(life: Life): Counter;
}

/** Whole or not at all: written beside, flushed, renamed. */
export async function writeSnapshot(file: string, counter: Counter, position: Position, log: string): Promise<void> {
  const spent = Buffer.from(counter.spent.buffer);
  const ballots = Buffer.from(counter.ballots.buffer);
  const cells = Buffer.from(Uint32Array.from([...counter.cells.entries()].flat()).buffer);
  const lists = Array.from({ length: counter.lists.size }, (_, list): [string, string] => [
    counter.lists.contestId(list),
    counter.lists.text(list),
  ]);
  const header = Buffer.from(
    JSON.stringify({
      version: VERSION,
      log,
      position: { events: position.events, ballots: [...position.ballots] },
      lines: counter.lines,
      strays: counter.strays,
      outcomes: [...counter.outcomes],
      invalid: [...counter.invalid],
      lists,
      spentBytes: spent.length,
      ballotsBytes: ballots.length,
      cellsBytes: cells.length,
    } satisfies Header),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const parts = [length, header, spent, ballots, cells];
  await writeWhole(file, [checksum(parts), ...parts]);
}

/** Undefined: there is none, or it is of another version. Throws LT_SNAPSHOT_CORRUPT. */
export async function readSnapshot(file: string): Promise<Snapshot | undefined> {
  if (!existsSync(file)) return undefined;
  const bytes = await readFile(file);
  if (bytes.length < 36 || !checksum([bytes.subarray(32)]).equals(bytes.subarray(0, 32))) throw corrupt(file);
  const headerEnd = 36 + bytes.readUInt32LE(32);
  const header = headerSchema.safeParse(JSON.parse(bytes.toString('utf8', 36, headerEnd)));
  if (!header.success) return undefined;
  const { position, log } = header.data;
  return { position, log, restore: (life) => restore(life, header.data, bytes.subarray(headerEnd)) };
}

function restore(life: Life, header: Header, body: Buffer): Counter {
  const counter = new Counter(life);
  counter.lines = header.lines;
  counter.strays = header.strays;
  counter.outcomes.set(header.outcomes);
  counter.invalid.set(header.invalid);
  const ballotsAt = header.spentBytes;
  const cellsAt = ballotsAt + header.ballotsBytes;
  counter.spent = new Uint32Array(copyOf(body, 0, ballotsAt));
  counter.ballots.set(new Float64Array(copyOf(body, ballotsAt, cellsAt)));
  const numbers = header.lists.map(([contest, text]) => counter.lists.restore(contest, text)!);
  const cells = new Uint32Array(copyOf(body, cellsAt, cellsAt + header.cellsBytes));
  for (let at = 0; at < cells.length; at += 3) {
    counter.cells.set(numbers[cells[at]!]!, cells[at + 1]!, cells[at + 2]!);
  }
  return counter;
}

/** Aligned for a typed array. */
function copyOf(bytes: Buffer, start: number, end: number): ArrayBuffer {
  const copy = new ArrayBuffer(end - start);
  bytes.copy(new Uint8Array(copy), 0, start, end);
  return copy;
}

async function writeWhole(file: string, parts: readonly Buffer[]): Promise<void> {
  const beside = `${file}.new`;
  const handle = await open(beside, 'w', 0o600);
  try {
    // Not writev: on a disk that is nearly full it writes a part, and calls that success.
    await handle.writeFile(parts);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  const folder = await open(dirname(file));
  await folder.sync();
  await folder.close();
}

function checksum(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function corrupt(file: string): LivetallyError {
  return new LivetallyError('LT_SNAPSHOT_CORRUPT', `The snapshot ${file} does not match its checksum.`, {
    next: 'Nothing is lost, the log has every ballot: run the command again with --rebuild to count from the start.',
  });
}
