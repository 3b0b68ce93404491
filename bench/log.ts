import { createHash, type Hash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLmdbLog } from '../src/adapters/lmdb/lmdb-log.ts';
import type { Log, NewRecord } from '../src/ports/log.ts';
import { comparePair, VoidRun, type Side } from './pairs.ts';

/**
 * The embedded log against the least that any log must do: the same bytes, appended to a file with a sync after each
 * batch, and read back from it. One batch at a time, the next when the one before is on the disk; and, as intake does
 * it, one in each of four partitions.
 *
 *   node bench/log.ts [--folder <folder on the disk to measure>] [--rounds <n>] [--megabytes <n a round>]
 */
const { values: options } = parseArgs({
  options: {
    folder: { type: 'string', default: tmpdir() },
    rounds: { type: 'string', default: '11' },
    megabytes: { type: 'string', default: '24' },
  },
});
const rounds = Number(options.rounds);
const roundBytes = Number(options.megabytes) * 1e6;
const TOPIC = 'bench';

/** Records as they come in one append. */
interface Shape {
  readonly name: string;
  readonly records: number;
  readonly recordBytes: number;
  /** Appends under way at once, each in a partition of its own. */
  readonly lanes: number;
  readonly target?: number;
}

const KB_256: Shape = { name: 'batches of 256 kB', records: 1, recordBytes: 256 * 1024, lanes: 1, target: 0.7 };
const SHAPES: readonly Shape[] = [
  KB_256,
  { name: 'batches of 64 kB', records: 1, recordBytes: 64 * 1024, lanes: 1 },
  { name: 'batches of 1 MB', records: 1, recordBytes: 1024 * 1024, lanes: 1 },
  { name: 'batches of 256 kB, four at once', records: 1, recordBytes: 256 * 1024, lanes: 4 },
  { name: 'batches of 1000 records of 800 bytes', records: 1000, recordBytes: 800, lanes: 1 },
];

const folder = await mkdtemp(join(options.folder, 'livetally-bench-'));
try {
  for (const shape of SHAPES) {
    const { target } = shape;
    await comparePair({
      title: `durable append, ${shape.name}`,
      unit: 'MB/s',
      rounds,
      ...(target === undefined ? {} : { target }),
      peer: rawAppend(shape),
      ours: logAppend(shape),
    });
  }
  await comparePair({
    title: 'sequential reading, batches of 256 kB, from the page cache',
    unit: 'MB/s',
    rounds,
    peer: await rawRead(KB_256),
    ours: await logRead(KB_256),
  });
} finally {
  await rm(folder, { recursive: true });
}

function rawAppend(shape: Shape): Side {
  return {
    name: 'raw append + fdatasync',
    async run(round): Promise<number> {
      const file = join(folder, `raw-${round}`);
      const rate = await writeRaw(file, shape);
      await requireSame(shape, (hash) => readRaw(file, hash));
      await rm(file);
      return rate;
    },
  };
}

function logAppend(shape: Shape): Side {
  return {
    name: 'embedded log',
    async run(round): Promise<number> {
      const path = join(folder, `log-${round}`);
      const log = await openLmdbLog(path);
      const rate = await writeLog(log, shape);
      await requireSame(shape, (hash) => readLog(log, shape.lanes, hash));
      await log.close();
      await rm(path, { recursive: true });
      return rate;
    },
  };
}

async function rawRead(shape: Shape): Promise<Side> {
  const file = join(folder, 'raw-read');
  await writeRaw(file, shape);
  return {
    name: 'raw read',
    async run(): Promise<number> {
      const rate = await timed(() => readRaw(file));
      await requireSame(shape, (hash) => readRaw(file, hash));
      return rate;
    },
  };
}

async function logRead(shape: Shape): Promise<Side> {
  const log = await openLmdbLog(join(folder, 'log-read'));
  await writeLog(log, shape);
  return {
    name: 'embedded log',
    async run(round): Promise<number> {
      const rate = await timed(() => readLog(log, shape.lanes));
      await requireSame(shape, (hash) => readLog(log, shape.lanes, hash));
      if (round === rounds) await log.close();
      return rate;
    },
  };
}

async function writeRaw(path: string, shape: Shape): Promise<number> {
  const batches = batchesOf(shape).map((records) => Buffer.concat(records.map((record) => record.value)));
  const file = await open(path, 'w');
  const rate = await timed(() =>
    inLanes(batches, shape.lanes, async (batch, index) => {
      await file.write(batch, 0, batch.length, index * batch.length);
      await file.datasync();
      return batch.length;
    }),
  );
  await file.close();
  return rate;
}

async function writeLog(log: Log, shape: Shape): Promise<number> {
  await log.ensureTopics([{ name: TOPIC, partitions: shape.lanes, retention: 'forever' }]);
  const batches = batchesOf(shape);
  return await timed(() =>
    inLanes(batches, shape.lanes, async (batch, index) => {
      await log.append(TOPIC, index % shape.lanes, batch);
      return shape.records * shape.recordBytes;
    }),
  );
}

/** Lane 0 of 4 does jobs 0, 4, 8, …, one after another, beside the other lanes. Resolves with the sum. */
async function inLanes<Job>(
  jobs: readonly Job[],
  lanes: number,
  work: (job: Job, index: number) => Promise<number>,
): Promise<number> {
  let sum = 0;
  const lane = async (first: number): Promise<void> => {
    for (const [index, job] of jobs.entries()) {
      if (index % lanes === first) sum += await work(job, index);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, first) => lane(first)));
  return sum;
}

/** Resolves with how many bytes it read. */
async function readRaw(path: string, hash?: Hash): Promise<number> {
  const file = await open(path);
  let bytes = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(256 * 1024));
    if (bytesRead === 0) break;
    hash?.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  await file.close();
  return bytes;
}

async function readLog(log: Log, lanes: number, hash?: Hash): Promise<number> {
  const positions = Array.from({ length: lanes }, () => 0);
  const inOrder: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const found = await log.fetch(TOPIC, positions);
    if (found.length === 0) break;
    for (const { partition, records, next } of found) {
      for (const { offset, value } of records) {
        if (hash !== undefined) inOrder[offset * lanes + partition] = value;
        bytes += value.length;
      }
      positions[partition] = next;
    }
  }
  for (const value of inOrder) hash?.update(value);
  return bytes;
}

/** MB/s of a job that resolves with its bytes. */
async function timed(job: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const bytes = await job();
  return bytes / 1e3 / (performance.now() - start);
}

async function requireSame(shape: Shape, read: (hash: Hash) => Promise<number>): Promise<void> {
  const expected = createHash('sha256');
  for (const { value } of batchesOf(shape).flat()) expected.update(value);
  const found = createHash('sha256');
  await read(found);
  if (expected.digest('hex') !== found.digest('hex')) throw new VoidRun(`${shape.name} did not read back as written`);
}

/** The records of a round, every one different. */
function batchesOf({ records, recordBytes }: Shape): NewRecord[][] {
  const count = Math.ceil(roundBytes / (records * recordBytes));
  return Array.from({ length: count }, (_, batch) =>
    Array.from({ length: records }, (_, record) => ({
      value: Buffer.alloc(recordBytes, `${batch}/${record} {"serial":123456,"place":"US-CA"}\n`),
      headers: { 'content-type': 'application/x-ndjson', lines: '4096' },
    })),
  );
}
