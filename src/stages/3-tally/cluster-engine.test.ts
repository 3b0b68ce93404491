import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeCluster, type FakeCluster } from '../../../test/fake-cluster.ts';
import { openScene, type Scene } from '../../../test/projection-scene.ts';
import { smallElection } from '../../../test/small-election.ts';
import { tallyDifferences } from '../../../test/tally-differences.ts';
import { LivetallyError } from '../../error.ts';
import { closeElection } from '../../lifecycle/close.ts';
import type { CountJob } from '../../ports/cluster.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Log } from '../../ports/log.ts';
import { encodeEvent } from '../../topics/events.ts';
import type { Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import { talliesTopic } from '../../topics/tallies.ts';
import { openClusterEngine } from './cluster-engine.ts';
import { countTo } from './count-to.ts';

let scene: Scene;
let cluster: FakeCluster;
let clock = 0;

beforeEach(async () => {
  scene = await openScene(smallElection());
  cluster = fakeCluster(scene.log);
  await scene.register(60);
  await scene.vote(20);
});
afterEach(() => scene.drop());

function open(follow: boolean, log: Log = scene.log): Promise<Engine> {
  // An hour a look: nothing has to be waited for.
  return openClusterEngine(log, scene.election.id, cluster, { follow, now: () => (clock += 3_600_000) });
}

async function expectExact(engine: Engine, counted: number): Promise<void> {
  const { tally } = await countTo(scene.log, scene.election.id, engine.position);
  expect(tallyDifferences(engine.tally(), tally)).toEqual([]);
  expect(tally.outcomes.counted).toBe(counted);
}

async function exclude(serials: readonly number[]): Promise<void> {
  const value = encodeEvent({ type: 'excluded', ranges: [], serials, why: 'a test' });
  await scene.log.append(topicName(scene.election.id, 'events'), 0, [{ value }]);
}

it('[E1] while the polls are open it shows what the run has counted, as provisional', async () => {
  const engine = await open(true);
  expect(engine.position.ballots).toEqual([0, 0]);
  expect(await engine.step(0)).toBeGreaterThan(0);
  await expectExact(engine, 20);
  expect(engine).toMatchObject({ provisional: true, complete: false, run: cluster.began[0] });
  await scene.vote(10);
  await engine.step(0);
  await expectExact(engine, 30);
});

it('[E1] from the close on it counts to a position, late ballots too, and ends the run', async () => {
  const engine = await open(true);
  await engine.step(0);
  await closeElection(scene.log, scene.reader);
  await scene.vote(5);
  expect(await engine.step(0)).toBeGreaterThan(0);
  expect(engine).toMatchObject({ provisional: false, complete: true });
  expect(engine.tally().outcomes).toMatchObject({ counted: 20, late: 5 });
  await expectExact(engine, 20);
  expect(cluster.ended).toEqual(cluster.began);
  expect(await engine.step(0)).toBe(0);
  await scene.vote(3);
  await engine.step(0);
  expect(engine.tally().outcomes).toMatchObject({ counted: 20, late: 8 });
});

it('[E2] [E11] told to end in the midst of a count to a position it ends well, and shows what the run had, as provisional', async () => {
  const ending = new AbortController();
  async function* count(_job: CountJob, _to: Position, signal?: AbortSignal): AsyncGenerator<never> {
    yield* [];
    ending.abort();
    signal?.throwIfAborted();
  }
  cluster = { ...cluster, count };
  const engine = await open(true);
  await engine.step(0);
  await closeElection(scene.log, scene.reader);
  await engine.step(0, ending.signal);
  await expectExact(engine, 20);
  expect(engine).toMatchObject({ provisional: true, complete: false });
  const once = await open(false);
  await expect(once.step(0, ending.signal)).rejects.toBe(ending.signal.reason);
});

it('[E5] an exclusion is another job: its run begins at zero, and the old one ends', async () => {
  const engine = await open(true);
  await engine.step(0);
  const [first] = [...engine.tally().ballots.keys()];
  expect(first).toBeDefined();
  await exclude([0, 1024]);
  await engine.step(0);
  await engine.step(0);
  await expectExact(engine, 18);
  expect(new Set(cluster.began).size).toBe(2);
  expect(cluster.ended).toEqual([cluster.began[0]]);
  expect(engine.run).toBe(cluster.began[1]);
});

it('[E5] a topic made anew behind the back of the cluster is refused', async () => {
  let id = 'first';
  const engine = await open(true, { ...scene.log, topicId: async () => id });
  await engine.step(0);
  id = 'second';
  await expect(engine.step(0)).rejects.toMatchObject({ code: 'LT_LOG_MISMATCH' });
});

it('[E5] what was counted of a topic made anew is not shown, however soon it is there', async () => {
  let id = 'first';
  const log: Log = {
    ...scene.log,
    topicId: async () => id,
    async fetch(topic, ...rest) {
      if (topic === talliesTopic(scene.election.id)) id = 'second';
      return scene.log.fetch(topic, ...rest);
    },
  };
  const engine = await open(true, log);
  await expect(engine.step(0)).rejects.toMatchObject({ code: 'LT_LOG_MISMATCH' });
  expect(engine.tally().lines).toBe(0);
});

it('[E4] opened again it goes on with what the topic holds of its run, and with nothing of another', async () => {
  const engine = await open(true);
  await engine.step(0);
  await exclude([0, 1024]);
  const before = engine.position.ballots;
  const again = await openClusterEngine(scene.log, scene.election.id, cluster, { follow: true, now: () => 0 });
  expect(again.position.ballots).toEqual([0, 0]);
  await again.step(0);
  await again.close();
  const third = await openClusterEngine(scene.log, scene.election.id, cluster, { follow: true, now: () => 0 });
  expect(third.position.ballots).toEqual(before);
  await expectExact(third, 18);
});

it('[E6] without following it counts what was there when it was opened, once', async () => {
  const engine = await open(false);
  await scene.vote(10);
  expect(await engine.step(0)).toBeGreaterThan(0);
  await expectExact(engine, 20);
  expect(engine).toMatchObject({ provisional: false, complete: false });
  expect(await engine.step(0)).toBe(0);
  expect(cluster.began).toEqual([]);
});

it('[E4] a cluster that is away does not keep it from closing, another failure does', async () => {
  const failing = (code: 'LT_SPARK_AWAY' | 'LT_SPARK'): Promise<Engine> =>
    openClusterEngine(
      scene.log,
      scene.election.id,
      {
        ...cluster,
        follow: async (job, lines) => ({
          ...(await cluster.follow(job, lines)),
          stop: () => Promise.reject(new LivetallyError(code, 'It is not well.')),
        }),
      },
      { follow: true },
    );
  await (await failing('LT_SPARK_AWAY')).close();
  await expect((await failing('LT_SPARK')).close()).rejects.toThrow('It is not well.');
});

it('[E2] a bounded count whose cells do not add up is refused', async () => {
  const missing: FakeCluster = {
    ...cluster,
    async *count(job, to, signal) {
      let left = 3;
      for await (const record of cluster.count(job, to, signal)) if (--left !== 0) yield record;
    },
  };
  const engine = await openClusterEngine(scene.log, scene.election.id, missing, { follow: false });
  await expect(engine.step(0)).rejects.toMatchObject({ code: 'LT_SPARK' });
});
