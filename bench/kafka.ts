import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openKafkaLog } from '../src/adapters/kafka/kafka-log.ts';
import { readKafkaSettings } from '../src/app/kafka-environment.ts';
import type { IssuedRun } from '../src/election/roll.ts';
import { ballotSpace } from '../src/election/space.ts';
import { defineElection } from '../src/lifecycle/define.ts';
import type { Log, NewRecord } from '../src/ports/log.ts';
import { openTallyEngine } from '../src/stages/3-tally/tally.ts';
import { encodeEvent } from '../src/topics/events.ts';
import { topicName, TOPICS } from '../src/topics/topics.ts';
import { withAdmin } from '../test/kafka-admin.ts';
import { benchElection } from './bench-election.ts';
import { comparePair, VoidRun, type Side } from './pairs.ts';

/**
 * The log on Kafka against Kafka's own performance tools, on the same broker and on topics with the same settings. Our
 * producer appends ballots, acknowledged by all replicas; our consumer reads and counts them, where theirs only reads.
 *
 *   KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:29092 node bench/kafka.ts [--ballots <n>] [--rounds <n>] [--jars <folder>]
 *
 * The tools are in the jars that infra/services has downloaded. Topics are made for each round and deleted after it.
 */
const { values: options } = parseArgs({
  options: {
    ballots: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '5' },
    jars: { type: 'string', default: newestJars() },
  },
});
const ballots = Number(options.ballots);
const rounds = Number(options.rounds);
const settings = readKafkaSettings(process.env);
if (settings === undefined) throw new Error('KAFKA_BOOTSTRAP_SERVERS is not set.');
const server = settings.bootstrapServers[0]!;
const PARTITIONS = 4;
/** Appends under way at once in each partition, as the intake has them. */
const LANES = 2;
const APPEND_BYTES = 1024 * 1024;
const run = promisify(execFile);

/** How many bytes of ballots a record holds. */
interface Shape {
  readonly name: string;
  readonly recordBytes: number;
  readonly ballots: number;
  readonly unit: 'MB/s' | 'records/s';
}

const SHAPES: readonly Shape[] = [
  { name: 'records of 64 kB', recordBytes: 64 * 1024, ballots, unit: 'MB/s' },
  { name: 'records of 256 kB', recordBytes: 256 * 1024, ballots, unit: 'MB/s' },
  { name: 'one ballot a record', recordBytes: 0, ballots: ballots / 4, unit: 'records/s' },
];

const electionId = `bench-${randomUUID().slice(0, 8)}`;
const election = benchElection(electionId);
const log = await openKafkaLog(settings);
try {
  for (const shape of SHAPES) await compareShape(shape);
} finally {
  await log.close();
}

async function compareShape(shape: Shape): Promise<void> {
  const records = ballotRecords(shape);
  await comparePair({
    title: `append, ${shape.name}`,
    unit: shape.unit,
    rounds,
    peer: onFreshTopics('ProducerPerformance', () => theirProducer(shape, records)),
    ours: onFreshTopics('livetally', () => ourProducer(shape, records)),
  });
  await defineBench();
  await appendAll(records);
  await comparePair({
    title: `read, ${shape.name}; ours also counts them`,
    unit: shape.unit,
    rounds,
    peer: { name: 'ConsumerPerformance', run: () => theirConsumer(shape, records) },
    ours: { name: 'livetally', run: () => ourConsumer(shape, records) },
  });
  await deleteBench();
}

/** The topics of the election, made for one round. */
function onFreshTopics(name: string, work: () => Promise<number>): Side {
  return {
    name,
    async run() {
      await defineBench();
      try {
        return await work();
      } finally {
        await deleteBench();
      }
    },
  };
}

async function defineBench(): Promise<void> {
  const issuer = await openKafkaLog(settings!);
  const { position: at } = await defineElection(issuer, election, PARTITIONS);
  const { places, cohorts } = ballotSpace(election);
  const runs = places.flatMap((place, block) =>
    cohorts.map((cohort, row): IssuedRun => [(block * cohorts.length + row) * perUnit(), perUnit(), place, cohort]),
  );
  const upTo = perUnit() * runs.length;
  const value = encodeEvent({ type: 'issued', at, source: 'bench', upTo, runs });
  await issuer.append(topicName(electionId, 'events'), 0, [{ value }]);
  await issuer.close();
}

async function deleteBench(): Promise<void> {
  const names = TOPICS.map((topic) => topicName(electionId, topic));
  await withAdmin(server, (admin) => admin.deleteTopics(names));
  for (;;) {
    const left = await log.topics(`livetally.${electionId}.`);
    if (left.length === 0) return;
  }
}

async function ourProducer(shape: Shape, records: readonly NewRecord[][]): Promise<number> {
  const writer = await openKafkaLog(settings!);
  const startedAt = performance.now();
  await appendAll(records, writer);
  const seconds = (performance.now() - startedAt) / 1000;
  await requireEnds(writer, records);
  await writer.close();
  return amountOf(shape, records) / seconds;
}

async function appendAll(records: readonly NewRecord[][], writer?: Log): Promise<void> {
  const to = writer ?? (await openKafkaLog(settings!));
  const lanes = records.flatMap((some, partition) => {
    const appends = appendsOf(some);
    return Array.from({ length: LANES }, async () => {
      for (let next = appends.shift(); next !== undefined; next = appends.shift()) {
        await to.append(topicName(electionId, 'ballots'), partition, next);
      }
    });
  });
  await Promise.all(lanes);
  if (writer === undefined) await to.close();
}

function appendsOf(records: readonly NewRecord[]): NewRecord[][] {
  const appends: NewRecord[][] = [];
  let bytes = APPEND_BYTES;
  for (const record of records) {
    if (bytes + record.value.length > APPEND_BYTES) {
      appends.push([]);
      bytes = 0;
    }
    appends.at(-1)?.push(record);
    bytes += record.value.length;
  }
  return appends;
}

async function requireEnds(reader: Log, records: readonly NewRecord[][]): Promise<void> {
  for (const [partition, { length }] of records.entries()) {
    const end = await reader.end(topicName(electionId, 'ballots'), partition);
    if (end !== length) throw new VoidRun(`partition ${partition} ends at ${end}, not ${length}`);
  }
}

/** With as much in a batch, and as much under way, as ours. */
async function theirProducer(shape: Shape, records: readonly NewRecord[][]): Promise<number> {
  const count = records.flat().length;
  const bytes = bytesOf(records);
  const { stdout } = await java(
    'org.apache.kafka.tools.ProducerPerformance',
    `--topic ${topicName(electionId, 'ballots')} --num-records ${count} --record-size ${Math.round(bytes / count)}`,
    `--throughput -1 --bootstrap-server ${server} --command-property acks=all compression.type=none linger.ms=5`,
    `batch.size=${APPEND_BYTES} max.request.size=8000000 buffer.memory=67108864`,
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const rate = Number(/([\d.]+) records\/sec/.exec(last)?.[1]);
  if (!last.startsWith(`${count} records sent`)) throw new VoidRun(`ProducerPerformance says: ${last}`);
  return shape.unit === 'MB/s' ? (rate * (bytes / count)) / 1e6 : rate;
}

async function ourConsumer(shape: Shape, records: readonly NewRecord[][]): Promise<number> {
  const reader = await openKafkaLog(settings!);
  const startedAt = performance.now();
  const engine = await openTallyEngine(reader, electionId);
  while ((await engine.step(0)) > 0);
  const seconds = (performance.now() - startedAt) / 1000;
  const { counted } = engine.tally().outcomes;
  if (counted !== shape.ballots) throw new VoidRun(`${counted} ballots counted, not ${shape.ballots}`);
  await reader.close();
  return amountOf(shape, records) / seconds;
}

/** Its rate leaves out the joining of its group. */
async function theirConsumer(shape: Shape, records: readonly NewRecord[][]): Promise<number> {
  const count = records.flat().length;
  const { stdout } = await java(
    'org.apache.kafka.tools.ConsumerPerformance',
    `--topic ${topicName(electionId, 'ballots')} --num-records ${count} --hide-header --bootstrap-server ${server}`,
    `--fetch-size ${4 * 1024 * 1024} --timeout 20000`,
  );
  const fields = stdout.trim().split('\n').at(-1)?.split(', ') ?? [];
  const [read, fetchMs] = [Number(fields[4]), Number(fields[7])];
  if (read !== count) throw new VoidRun(`ConsumerPerformance says: ${stdout}`);
  return (amountOf(shape, records) / fetchMs) * 1000;
}

function java(main: string, ...words: string[]): Promise<{ stdout: string }> {
  const all = ['-Xmx1g', '-cp', `${options.jars}/*`, main, ...words.flatMap((some) => some.split(' '))];
  return run('java', all, { maxBuffer: 1e8 });
}

function newestJars(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'livetally');
  const folders = readdirSync(cache).filter((name) => /^kafka-4[\d.]+-\w+$/.test(name));
  return join(cache, folders.toSorted().at(-1) ?? 'kafka');
}

function amountOf(shape: Shape, records: readonly NewRecord[][]): number {
  return shape.unit === 'MB/s' ? bytesOf(records) / 1e6 : records.flat().length;
}

function bytesOf(records: readonly NewRecord[][]): number {
  return records.flat().reduce((bytes, { value }) => bytes + value.length, 0);
}

/** Serials of a unit: whole extents. */
function perUnit(): number {
  return Math.ceil(ballots / (51 * 18) / 1024) * 1024;
}

/** Every serial once, jumping about the roll, in records of the shape, by partition. */
function ballotRecords(shape: Shape): NewRecord[][] {
  const { places, cohorts } = ballotSpace(election);
  const total = perUnit() * places.length * cohorts.length;
  const stride = 7_368_787; // a prime: every serial comes once
  const parts = Array.from({ length: PARTITIONS }, () => ({
    records: [] as NewRecord[],
    lines: [] as string[],
    bytes: 0,
  }));
  const flush = (part: (typeof parts)[number]): void => {
    if (part.lines.length > 0) part.records.push({ value: Buffer.from(part.lines.join('')) });
    Object.assign(part, { lines: [], bytes: 0 });
  };
  for (let at = 0; at < shape.ballots; at++) {
    const serial = (at * stride) % total;
    const unit = Math.floor(serial / perUnit());
    const [place, cohort] = [places[Math.floor(unit / cohorts.length)], cohorts[unit % cohorts.length]];
    const name = serial % 3 === 0 ? 'rivera' : 'okafor';
    const line = `{"serial":${serial},"place":"${place}","cohort":"${cohort}","choices":{"president":["${name}"]}}\n`;
    const part = parts[serial % PARTITIONS]!;
    if (part.bytes + line.length > shape.recordBytes) flush(part);
    part.lines.push(line);
    part.bytes += line.length;
  }
  for (const part of parts) flush(part);
  return parts.map(({ records }) => records);
}
