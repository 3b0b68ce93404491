import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { newestReport } from '../../src/stages/4-publish/newest-report.ts';
import { topicSpecs } from '../../src/lifecycle/topic-specs.ts';
import { topicName } from '../../src/topics/topics.ts';
import { withAdmin } from '../kafka-admin.ts';
import { BROKERS, brokerLog, freshId, need, SPARK, type LogOfTest } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { removeCheckpoints, runningCounts, sparkSettings } from '../spark-cluster.ts';
import { expectFailure, inBackground, livetally, scratch, writeElection } from './livetally.ts';

/** The topic of the ballots is deleted and made anew, with more in it than there was: nothing that Spark would notice. */
const isThere = need({ broker: true, spark: true }, 'no topic was made anew under a cluster');
const { path, remove } = scratch();
const PARTITIONS = 4;
const SOON = { timeout: 60_000, interval: 250 };
/** Batches of what is in the new topic. */
const LATER_MS = 5000;

describe.skipIf(!isThere)('a topic that is made anew', () => {
  const id = freshId('remade');
  const ballots = topicName(id, 'ballots');
  const address = BROKERS[0]?.address ?? '';
  const env = {
    KAFKA_BOOTSTRAP_SERVERS: address,
    LIVETALLY_ELECTION_ID: id,
    LIVETALLY_DATA: path('data'),
    SPARK_REMOTE: `${SPARK.remote}/;user_id=${sparkSettings().user}`,
    SPARK_CONNECT_TOKEN: SPARK.token,
    SPARK_CHECKPOINTS: SPARK.checkpoints,
  };
  const args = ['tally', '--follow'];
  let under: LogOfTest;

  beforeAll(async () => {
    under = await brokerLog(address, id);
    const election = writeElection(path('election.yaml'), smallElection({ id }));
    const register = ['register', '--election', election, '--count', '20', '--partitions', `${PARTITIONS}`];
    expect((await livetally(register, { env: { ...env, SPARK_REMOTE: '' } })).code).toBe(0);
    await fill(10);
  });
  afterAll(async () => {
    remove();
    await removeCheckpoints(id);
    await under[Symbol.asyncDispose]();
  });

  it('[E5] while it is counted ends the count, and nothing of it is published', async () => {
    const tally = inBackground(args, { env });
    await vi.waitFor(async () => expect(await linesPublished()).toBe(10 * PARTITIONS), SOON);
    await makeAnew(20);
    expectFailure(await tally.end, {
      exitCode: 7,
      code: 'LT_LOG_MISMATCH',
      says: /ballots was deleted and made anew/,
      next: /Restore it|another election id/,
    });
    expect(await runningCounts(under.log, id)).toEqual([]);
    await sleep(LATER_MS);
    expect(await linesPublished()).toBe(10 * PARTITIONS);
  });

  it('[E5] while nobody watches is counted from zero, by another run, and the old one is ended', async () => {
    const first = inBackground(args, { env });
    await vi.waitFor(async () => expect(await linesPublished()).toBe(20 * PARTITIONS), SOON);
    const [before] = await runningCounts(under.log, id);
    first.child.kill('SIGKILL');
    await first.end;
    expect(await runningCounts(under.log, id)).toEqual([before]);
    await makeAnew(30);
    const second = inBackground(args, { env });
    await vi.waitFor(async () => expect(await linesPublished()).toBe(30 * PARTITIONS), SOON);
    const running = await runningCounts(under.log, id);
    expect(running).toHaveLength(1);
    expect(running).not.toContain(before);
    second.child.kill('SIGTERM');
    expect(await second.end).toMatchObject({ code: 0 });
    expect(await runningCounts(under.log, id)).toEqual([]);
  });

  async function makeAnew(lines: number): Promise<void> {
    await withAdmin(address, (admin) => admin.deleteTopics([ballots]));
    await vi.waitFor(async () => expect(await under.log.topics(ballots)).toEqual([]), SOON);
    await fill(lines);
  }

  /** A record a line, in each partition. By a log of its own: one that has known the topic takes no other for it. */
  async function fill(lines: number): Promise<void> {
    const log = await openKafkaLog({ bootstrapServers: [address], clientId: 'livetally-test' });
    await log.ensureTopics(topicSpecs(id, PARTITIONS).filter(({ name }) => name === ballots));
    const records = Array.from({ length: lines }, () => ({ value: Buffer.from('no ballot') }));
    for (let partition = 0; partition < PARTITIONS; partition++) await log.append(ballots, partition, records);
    await log.close();
  }

  async function linesPublished(): Promise<number | undefined> {
    return (await newestReport(under.log, id, 2))?.counts.lines;
  }
});
