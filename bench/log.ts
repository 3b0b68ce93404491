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
 * batch, and read back from it. One batch at a time, the next when the one before is on the disk.
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
  readonly target?: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'batches of 64 kB', records: 1, recordBytes: 64 * 1024 },
  { name: 'batches of 256 kB', records: 1, recordBytes: 256 * 1024, target: 0.7 },
  { name: 'batches of 1 MB', records: 1, recordBytes: 1024 * 1024 },
  { name: 'batches of 1000 records of 800 bytes', records: 1000, recordBytes: 800 },
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
  const shape = { name: '256 kB', records: 1, recordBytes: 256 * 1024 };
  await comparePair({
    title: 'sequential reading, batches of 256 kB, from the page cache',
    unit: 'MB/s',
    rounds,
    peer: await rawRead(shape),
    ours: await logRead(shape),
  });
} finally {
  await rm(folder, { recursive: true });
}

function rawAppend(shape: Shape): Side {
  return {
    name: 'raw append + fdatasync',
    async run(round): Promise<number> {
      const file = join(folder, `raw-${round}`);
      const batches = batchesOf(shape).map((records) => Buffer.concat(records.map((record) => record.value)));
      const rate = await writeRaw(file, batches);
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
      await requireSame(shape, (hash) => readLog(log, hash));
      await log.close();
      await rm(path, { recursive: true });
      return rate;
    },
  };
}

async function rawRead(shape: Shape): Promise<Side> {
  const file = join(folder, 'raw-read');
  await writeRaw(
    file,
    batchesOf(shape).map((records) => Buffer.concat(records.map((record) => record.value))),
  );
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
      const rate = await timed(() => readLog(log));
      await requireSame(shape, (hash) => readLog(log, hash));
      if (round === rounds) await log.close();
      return rate;
    },
  };
}

async function writeRaw(path: string, batches: readonly Uint8Array[]): Promise<number> {
  const file = await open(path, 'w');
  const rate = await timed(async () => {
    for (const batch of batches) {
      await file.write(batch);
      await file.datasync();
    }
    return batches.reduce((bytes, batch) => bytes + batch.length, 0);
  });
  await file.close();
  return rate;
}

async function writeLog(log: Log, shape: Shape): Promise<number> {
  await log.ensureTopics([{ name: TOPIC, partitions: 1, retention: 'forever' }]);
  const batches = batchesOf(shape);
  return await timed(async () => {
    for (const batch of batches) await log.append(TOPIC, 0, batch);
    return batches.length * shape.records * shape.recordBytes;
  });
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

async function readLog(log: Log, hash?: Hash): Promise<number> {
  let bytes = 0;
  for (let from = 0; ;) {
    const [found] = await log.fetch(TOPIC, [from]);
    if (found === undefined) return bytes;
    for (const { value } of found.records) {
      hash?.update(value);
      bytes += value.length;
    }
    from = found.next;
  }
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
