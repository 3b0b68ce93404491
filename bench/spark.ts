import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openKafkaLog } from '../src/adapters/kafka/kafka-log.ts';
import { openSparkCluster } from '../src/adapters/spark/spark-cluster.ts';
import { readKafkaSettings } from '../src/app/kafka-environment.ts';
import { readSparkCluster } from '../src/app/spark-environment.ts';
import type { Election } from '../src/election/election.ts';
import type { Serial } from '../src/election/ids.ts';
import { ballotEnds } from '../src/lifecycle/ballot-ends.ts';
import { defineElection } from '../src/lifecycle/define.ts';
import type { Engine } from '../src/ports/engine.ts';
import { openClusterEngine } from '../src/stages/3-tally/cluster-engine.ts';
import { openTallyEngine } from '../src/stages/3-tally/tally.ts';
import { ballotLine, partitionOf } from '../src/topics/ballots.ts';
import { encodeEvent } from '../src/topics/events.ts';
import { coversBallots } from '../src/topics/position.ts';
import { topicName } from '../src/topics/topics.ts';
import { fillCorpus } from '../test/fill-corpus.ts';
import { deleteElection } from '../test/real-systems.ts';
import { tallyDifferences } from '../test/tally-differences.ts';
import { corpusElection, truthCorpus } from '../test/truth-corpus.ts';
import { comparePair, VoidRun, type Side } from './pairs.ts';

/**
 * The count on a Spark cluster against the count in this process, on the same topics of the same broker: lines a second, and how long a ballot
 * takes from being recorded to being counted. A run with another tally than the in-process one is void.
 *
 *   infra/services up kafka spark && eval "$(infra/services env)" && node bench/spark.ts [--lines <n>] [--rounds <n>] [--seconds <n>]
 */
const { values: options } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '60' },
  },
});
const broker = readKafkaSettings(process.env);
const spark = readSparkCluster(process.env);
if (broker === undefined || spark === undefined) throw new Error('KAFKA_BOOTSTRAP_SERVERS or SPARK_REMOTE is not set.');
const PARTITIONS = 4;
const BALLOTS_A_SECOND = 20;
const log = await openKafkaLog(broker);
const cluster = openSparkCluster(spark, broker);
/** One a round: a run of the cluster counts a topic once. */
const elections: Election[] = [];

try {
  await compare('to a position', false);
  await compare('followed from the start of the log', true);
  await printLatency('in process', (id) => openTallyEngine(log, id));
  await printLatency('on Spark', (id) => openClusterEngine(log, id, cluster, { follow: true }));
} finally {
  await cluster.close();
  await log.close();
  for (const { id } of elections) await deleteElection(broker.bootstrapServers[0]!, id);
}

async function compare(title: string, follow: boolean): Promise<void> {
  let filled: Election | undefined;
  const peer: Side = {
    name: 'in process',
    async run() {
      filled = await fill();
      return linesPerSecond(filled, (id) => openTallyEngine(log, id));
    },
  };
  const ours: Side = {
    name: 'Spark',
    run: () => linesPerSecond(filled!, (id) => openClusterEngine(log, id, cluster, { follow })),
  };
  await comparePair({ title: `count ${title}`, unit: 'lines/s', rounds: Number(options.rounds), peer, ours });
}

async function fill(): Promise<Election> {
  const election = corpusElection(`bench-${randomUUID().slice(0, 8)}`);
  elections.push(election);
  await defineElection(log, election, PARTITIONS);
  await fillCorpus(log, election.id, truthCorpus(election, PARTITIONS, Number(options.lines), elections.length));
  return election;
}

async function linesPerSecond({ id }: Election, open: (id: string) => Promise<Engine>): Promise<number> {
  const ends = await ballotEnds(log, id, PARTITIONS);
  const startedAt = performance.now();
  const engine = await open(id);
  while (!coversBallots(engine.position, ends)) await engine.step(100);
  const seconds = (performance.now() - startedAt) / 1000;
  const tally = engine.tally();
  await engine.close();
  const inProcess = await openTallyEngine(log, id);
  while (!coversBallots(inProcess.position, ends)) await inProcess.step(100);
  const [difference] = tallyDifferences(tally, inProcess.tally());
  if (difference !== undefined) throw new VoidRun(difference);
  return tally.lines / seconds;
}

/** From the acknowledgement of a ballot, one a record, to the first tally that covers it; what comes in the first quarter warms up. */
async function printLatency(name: string, open: (id: string) => Promise<Engine>): Promise<void> {
  const election = corpusElection(`bench-${randomUUID().slice(0, 8)}`);
  elections.push(election);
  const { position: at } = await defineElection(log, election, PARTITIONS);
  const runs = [[0, 100_000, 'P00', '18-24|f']] as const;
  const issued = encodeEvent({ type: 'issued', at, source: 'bench', upTo: 100_000, runs });
  await log.append(topicName(election.id, 'events'), 0, [{ value: issued }]);
  const engine = await open(election.id);
  const waiting: { readonly partition: number; readonly offset: number; readonly recordedAt: number }[] = [];
  const latencies: number[] = [];
  const total = Number(options.seconds) * BALLOTS_A_SECOND;
  let cast = 0;
  const casting = (async () => {
    for (; cast < total; cast++) {
      const line = ballotLine(cast as Serial, 'P00', '18-24|f', [['mayor', ['ada']]]);
      const partition = partitionOf(cast, PARTITIONS);
      const offset = await log.append(topicName(election.id, 'ballots'), partition, [
        { value: Buffer.from(`${line}\n`) },
      ]);
      waiting.push({ partition, offset, recordedAt: performance.now() });
      await sleep(1000 / BALLOTS_A_SECOND);
    }
  })();
  while (cast < total || waiting.length > 0) {
    await engine.step(250);
    const { ballots } = engine.position;
    for (const ballot of waiting.splice(0)) {
      if (ballots[ballot.partition]! > ballot.offset) latencies.push(performance.now() - ballot.recordedAt);
      else waiting.push(ballot);
    }
  }
  await casting;
  await engine.close();
  const warm = latencies.slice(Math.floor(latencies.length / 4)).toSorted((one, other) => one - other);
  const of = (part: number): string => `${(warm[Math.floor((warm.length - 1) * part)]! / 1000).toFixed(2)} s`;
  console.log(`recorded to counted, ${name}, ${BALLOTS_A_SECOND} ballots a second: p50 ${of(0.5)}, p99 ${of(0.99)}`);
}
