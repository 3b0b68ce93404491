import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../src/election/report.ts';
import { parsePosition } from '../../src/topics/position.ts';
import { createReportReader } from '../../src/topics/results.ts';
import { talliesTopic } from '../../src/topics/tallies.ts';
import { topicName } from '../../src/topics/topics.ts';
import { BROKERS, brokerLog, freshId, need, SPARK, type LogOfTest } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { removeCheckpoints } from '../spark-cluster.ts';
import { expectFailure, inBackground, livetally, scratch, writeElection, type Ended } from './livetally.ts';

/** Two engines count one election side by side while people vote, and take turns in publishing. */
const isThere = need({ broker: true, spark: true }, 'no cluster was promoted');
const { path, remove } = scratch();
const PEOPLE = 20_000;
/** Slow enough to last for the whole of it. */
const RATE = 60;
/** A batch, on a machine that may be busy, and what a person would wait for the page to go on. */
const SOON = { timeout: 60_000, interval: 250 };
/** A count that is not promoted any more reads so before its next report, and may have one under way. */
const READ_MS = 2000;

type Stage = ReturnType<typeof inBackground>;

interface Promoted {
  readonly run: string;
  readonly already: boolean;
  readonly hash: string;
}

describe.skipIf(!isThere)('two engines', () => {
  const id = freshId('promoted');
  const address = BROKERS[0]?.address ?? '';
  const env = { KAFKA_BOOTSTRAP_SERVERS: address, LIVETALLY_ELECTION_ID: id, LIVETALLY_DATA: path('data') };
  const onSpark = {
    ...env,
    SPARK_REMOTE: SPARK.remote,
    SPARK_CONNECT_TOKEN: SPARK.token,
    SPARK_CHECKPOINTS: SPARK.checkpoints,
  };
  const stages: Stage[] = [];
  /** Where in `results` a promotion had been read by everybody, and whose reports follow. */
  const turns: { readonly from: number; readonly run: string }[] = [];
  let under: LogOfTest;
  let inProcess: Stage;
  let spark: Stage;
  let voting: Stage;
  let sparkRun: string;

  beforeAll(async () => {
    under = await brokerLog(address, id);
    const election = writeElection(path('election.yaml'), smallElection({ id }));
    const registered = await livetally(['register', '--election', election, '--count', `${PEOPLE}`], { env });
    expect(registered.code).toBe(0);
    voting = stage(env, 'vote', '--rate', `${RATE}`, '--follow');
    inProcess = stage(env, 'tally', '--follow');
    await vi.waitFor(async () => expect((await newest()).counts.lines).toBeGreaterThan(0), SOON);
  });

  afterAll(async () => {
    const living = stages.filter(({ child }) => child.exitCode === null);
    for (const { child } of living) child.kill('SIGTERM');
    await Promise.all(living.map(({ end }) => end));
    remove();
    await removeCheckpoints(id);
    await under[Symbol.asyncDispose]();
  });

  it('[E11] no run of a cluster, nothing to promote', async () => {
    const wanted = { exitCode: 2, code: 'LT_USAGE' };
    const next = /tally --follow.*SPARK_REMOTE/;
    expectFailure(await livetally(['promote', 'spark'], { env }), {
      ...wanted,
      says: /No cluster/,
      next: /SPARK_REMOTE/,
    });
    expectFailure(await promote('spark'), { ...wanted, says: /counted nothing of this election yet/, next });
    expectFailure(await promote('horse'), { ...wanted, says: /no engine horse/, next: /in-process, spark/ });
  });

  it('[E11] the run of a cluster is promoted once it counts, and publishes alone, without a gap', async () => {
    spark = stage(onSpark, 'tally', '--follow');
    const promoted = await vi.waitFor(() => promotedAs('spark'), SOON);
    sparkRun = promoted.run;
    expect(promoted).toMatchObject({ already: false, run: expect.stringMatching(/^[0-9a-f]{16}$/) });
    await expectTurn(sparkRun);
    expect(await promotedAs('spark')).toMatchObject({ already: true, run: sparkRun });
  });

  it('[E11] the count in process is promoted back, in the middle of it', async () => {
    expect(await promotedAs('in-process')).toMatchObject({ already: false, run: 'in-process' });
    await expectTurn('in-process');
    expect(await promotedAs('in-process')).toMatchObject({ already: true });
  });

  it('[E11] a run whose counts are others is not promoted', async () => {
    // Else it may be stopped in the midst of a batch, and then there is nothing whole to change.
    voting.child.kill('SIGSTOP');
    await vi.waitFor(async () => expect(await clusterLag()).toBe(0), SOON);
    spark.child.kill('SIGTERM');
    expect(await spark.end).toMatchObject({ code: 0 });
    const events = await under.log.end(topicName(id, 'events'), 0);
    const restore = await moveOneVote();
    expectFailure(await promote('spark'), {
      exitCode: 10,
      code: 'LT_COUNT_DIFFERS',
      says: /the counts are not equal: [0-9a-f]{64}, but the in-process tally [0-9a-f]{64}/,
      next: /Nothing was promoted/,
    });
    expect(await under.log.end(topicName(id, 'events'), 0)).toBe(events);
    await restore();
    voting.child.kill('SIGCONT');
    spark = stage(onSpark, 'tally', '--follow');
    // What it had counted it still has.
    await vi.waitFor(async () => expect((await promotedAs('spark')).run).toBe(sparkRun), SOON);
    await expectTurn(sparkRun);
  });

  it('[E11] at the close the cluster publishes the complete count, and it is everybody’s', async () => {
    voting.child.kill('SIGTERM');
    expect(await voting.end).toMatchObject({ code: 0 });
    expect((await livetally(['close', '--yes'], { env })).code).toBe(0);
    const report = await vi.waitFor(async () => {
      const last = await newest();
      expect(last.status).toBe('unofficial-complete');
      return last;
    }, SOON);
    expect(report).toMatchObject({ run: sparkRun, provisional: false });
    const { code, out } = await livetally(['recount', '--json'], { env: onSpark });
    const { hash } = report;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ equal: true, recount: hash, tally: hash, cluster: hash, published: hash });
    for (const { child } of [inProcess, spark]) child.kill('SIGTERM');
    const ends = await Promise.all([inProcess.end, spark.end]);
    expect(ends.map(({ code: exitCode, err }) => (exitCode === 0 ? 0 : err))).toEqual([0, 0]);
  });

  it('[E11] results never fell, and were only of who was promoted', async () => {
    const all = await reports();
    expect(all.length).toBeGreaterThan(20);
    expect(new Set(all.map(({ report }) => report.run))).toEqual(new Set(['in-process', sparkRun]));
    for (const [at, { report }] of all.entries()) expectNotBelow(report, all[at - 1]?.report);
    for (const [at, { from, run }] of turns.entries()) {
      const until = turns[at + 1]?.from ?? Infinity;
      // Whoever comes next may have published before it was seen that everybody had read of it.
      const next = turns[at + 1]?.run;
      const runs = all.filter(({ offset }) => offset >= from && offset < until).map(({ report }) => report.run);
      expect(runs.length).toBeGreaterThan(0);
      const own = runs.slice(0, runs.lastIndexOf(run) + 1);
      expect(new Set(own)).toEqual(new Set([run]));
      expect(new Set(runs.slice(own.length))).toEqual(new Set(own.length === runs.length ? [] : [next]));
    }
  });

  function stage(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Stage {
    const started = inBackground(args, { env: environment });
    stages.push(started);
    return started;
  }

  function promote(...args: readonly string[]): Promise<Ended> {
    return livetally(['promote', ...args], { env: onSpark });
  }

  async function promotedAs(engine: string): Promise<Promoted> {
    const { code, out, err } = await promote(engine, '--json');
    expect({ code, err }).toMatchObject({ code: 0 });
    return JSON.parse(out) as Promoted;
  }

  /** Records that the cluster has not counted; negative before it can be told. */
  async function clusterLag(): Promise<number> {
    const { out } = await livetally(['status', '--json'], { env: onSpark });
    const { lags } = JSON.parse(out) as {
      readonly lags: readonly { readonly stage: string; readonly behind: number }[];
    };
    return lags.find(({ stage: name }) => name === 'cluster')?.behind ?? -1;
  }

  /** It publishes, and what it publishes goes on growing. */
  async function expectTurn(run: string): Promise<void> {
    await sleep(READ_MS);
    turns.push({ from: await under.log.end(topicName(id, 'results'), 0), run });
    let lines = 0;
    for (let reportsSeen = 0; reportsSeen < 3; reportsSeen++) {
      const report = await vi.waitFor(async () => {
        const last = await newest();
        expect(last).toMatchObject({ run });
        expect(last.counts.lines).toBeGreaterThan(lines);
        return last;
      }, SOON);
      ({ lines } = report.counts);
    }
  }

  async function newest(): Promise<Report> {
    const all = await reports();
    return all.at(-1)!.report;
  }

  async function reports(): Promise<{ readonly offset: number; readonly report: Report }[]> {
    const topic = topicName(id, 'results');
    const end = await under.log.end(topic, 0);
    const reader = createReportReader();
    const found: { offset: number; report: Report }[] = [];
    for (let next = 0; next < end;) {
      const [fetched] = await under.log.fetch(topic, [next]);
      for (const record of fetched?.records ?? []) {
        const report = reader.take(record);
        if (report !== undefined) found.push({ offset: record.offset, report });
      }
      next = fetched?.next ?? end;
    }
    return found;
  }

  /** In what the run has written one vote goes from one candidate to another, in the total and in each breakdown: it still adds up. */
  async function moveOneVote(): Promise<() => Promise<void>> {
    const topic = talliesTopic(id);
    const end = await under.log.end(topic, 0);
    const cells = new Map<string, number>();
    for (let next = 0; next < end;) {
      const [fetched] = await under.log.fetch(topic, [next]);
      for (const { key = '', value } of fetched?.records ?? []) {
        const { n } = JSON.parse(Buffer.from(value).toString()) as { n?: number };
        if (key.startsWith(`${sparkRun}\t0\tmayor\t`) && n !== undefined) cells.set(key, n);
      }
      next = fetched?.next ?? end;
    }
    const groups = new Map<string, [string, number][]>();
    for (const [key, n] of cells) {
      const breakdown = key.split('\t')[3]!;
      const group = groups.get(breakdown) ?? [];
      groups.set(breakdown, [...group, [key, n]]);
    }
    const pairs = [...groups.values()].map(pairOfOneValue);
    expect(pairs).toHaveLength(4);
    const before = pairs.flat();
    const after = pairs.flatMap(([one, other]): [string, number][] => [
      [one[0], one[1] - 1],
      [other[0], other[1] + 1],
    ]);
    const write = async (records: readonly (readonly [string, number])[]): Promise<void> => {
      const encoded = records.map(([key, n]) => ({ key, value: Buffer.from(JSON.stringify({ n })) }));
      await under.log.append(topic, 0, encoded);
    };
    await write(after);
    return () => write(before);
  }
});

/** Two lists of choices, ballots of one value of a breakdown. */
function pairOfOneValue(cells: readonly [string, number][]): [[string, number], [string, number]] {
  for (const one of cells) {
    const [, , , , value, list] = one[0].split('\t');
    const other = cells.find(([key]) => key.split('\t')[4] === value && key.split('\t')[5] !== list);
    if (one[1] > 1 && other !== undefined) return [one, other];
  }
  throw new Error('There are not enough ballots.');
}

function expectNotBelow(report: Report, before: Report | undefined): void {
  if (before === undefined) return;
  const [to, from] = [parsePosition(report.position)!, parsePosition(before.position)!];
  expect(to.events).toBeGreaterThanOrEqual(from.events);
  for (const [partition, offset] of from.ballots.entries())
    expect(to.ballots[partition]).toBeGreaterThanOrEqual(offset);
  const [counts, less] = [report.counts, before.counts];
  expect(counts.lines).toBeGreaterThanOrEqual(less.lines);
  expect(counts.outcomes.counted).toBeGreaterThanOrEqual(less.outcomes.counted);
  for (const [contest, { votes }] of less.contests.entries()) {
    for (const [at, number] of votes.entries()) {
      expect(counts.contests[contest]!.votes[at]).toBeGreaterThanOrEqual(number);
    }
  }
}
