import { afterEach, beforeEach, expect, test } from 'vitest';
import { openScene, type Scene } from '../../../test/projection-scene.ts';
import { smallElection } from '../../../test/small-election.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Log } from '../../ports/log.ts';
import { encodeEvent } from '../../topics/events.ts';
import { createReportReader, encodeReport } from '../../topics/results.ts';
import { topicName } from '../../topics/topics.ts';
import { openTallyEngine } from '../3-tally/tally.ts';
import { publish } from './publish.ts';

const logger = { info: () => {}, warn: () => {}, error: () => {} };
const never = new AbortController().signal;

let scene: Scene;
/** Ballots counted, by the reports that became durable. */
let reported: number[];
let log: Log;

beforeEach(async () => {
  scene = await openScene(smallElection());
  await scene.register(600);
  await scene.vote(60);
  reported = [];
  log = tellingLog(scene.log);
});
afterEach(() => scene.drop());

function tellingLog(inner: Log): Log {
  const reader = createReportReader();
  return {
    ...inner,
    // A few records at a time, so that a count passes through many positions.
    fetch: (topic, from, options) => inner.fetch(topic, from, { ...options, maxBytes: 400 }),
    async append(topic, partition, records) {
      const offset = await inner.append(topic, partition, records);
      for (const record of topic === topicName(scene.election.id, 'results') ? records : []) {
        const report = reader.take(record);
        if (report !== undefined) reported.push(report.counts.outcomes.counted);
      }
      return offset;
    },
  };
}

/** From zero to the end of the log. Resolves with how many it counted. */
async function count(signal: AbortSignal = never, onStep: (engine: Engine) => void = () => {}): Promise<number> {
  const engine = await openTallyEngine(log, scene.election.id);
  const effects = { now: Date.now, log: logger };
  const options = { log, engine, effects, toEnd: true, everyMs: 0, onStep: () => onStep(engine) };
  const { report } = await publish(options, signal);
  return report.counts.outcomes.counted;
}

test('[P12] a first count is published as it goes, and at its end', async () => {
  expect(await count()).toBe(60);
  expect(reported.length).toBeGreaterThan(3);
  expect(reported).toEqual([...reported].sort((one, other) => one - other));
  expect(reported.at(-1)).toBe(60);
});

test('[P12] a count from zero is published when it is where the newest report was, not before', async () => {
  await count();
  await scene.vote(30);
  reported = [];
  expect(await count()).toBe(90);
  expect(reported.length).toBeGreaterThan(1);
  expect(Math.min(...reported)).toBeGreaterThanOrEqual(60);
});

test('[P12] stopped before it is there, it publishes nothing', async () => {
  await count();
  reported = [];
  const stop = new AbortController();
  expect(await count(stop.signal, () => stop.abort())).toBeLessThan(60);
  expect(reported).toEqual([]);
});

test('[P12] a fold that starts again because of an event is published when it is where it was', async () => {
  const serials = [4_000_000_000]; // nobody's, so that the count itself stays
  const excluded = encodeEvent({ type: 'excluded', ranges: [], serials, why: 'a test' });
  const passed: number[] = [];
  await count(never, (engine) => {
    const [offset = 0] = engine.position.ballots;
    if (passed.push(offset) === 4) void log.append(topicName(scene.election.id, 'events'), 0, [{ value: excluded }]);
  });
  expect(passed.some((offset, step) => offset < (passed[step - 1] ?? 0))).toBe(true);
  expect(reported).toEqual([...reported].sort((one, other) => one - other));
  expect(reported.at(-1)).toBe(60);
});

test('[P12] a report of more than the log holds does not hold back a count of all that it does hold', async () => {
  const report = await scene.report();
  const longer = encodeReport({ ...report, position: 'events:1000 0:1000 1:1000' });
  await log.append(topicName(scene.election.id, 'results'), 0, longer);
  await count();
  expect(reported).toEqual([60, 60]);
});

test('[P12] of two tallies at once, the one behind publishes nothing lower than the other, and says that there are two', async () => {
  const said: string[] = [];
  const effects = { now: Date.now, log: { ...logger, warn: (_: object, message: string) => said.push(message) } };
  const inner = await openTallyEngine(log, scene.election.id);
  let steps = 0;
  const engine: Engine = {
    ...inner,
    get life() {
      return inner.life;
    },
    get position() {
      return inner.position;
    },
    async step(...given) {
      if (++steps === 4) await count();
      return inner.step(...given);
    },
  };
  await publish({ log, engine, effects, toEnd: true, everyMs: 0 }, never);
  expect(reported.at(-1)).toBe(60);
  expect(reported).toEqual([...reported].sort((one, other) => one - other));
  expect(said).toEqual(['Another tally publishes the same election; one is enough.']);
});

test('[E11] only the promoted run publishes; promoted back, another goes on where the newest report is', async () => {
  const events = topicName(scene.election.id, 'events');
  const promote = async (run: string): Promise<unknown> =>
    log.append(events, 0, [{ value: encodeEvent({ type: 'promoted', run, position: 'events:1 0:0', hash: 'h' }) }]);
  await count();
  await promote('another');
  await scene.vote(30);
  reported = [];
  expect(await count()).toBe(90); // it counts along
  expect(reported).toEqual([]);
  await promote('in-process');
  expect(await count()).toBe(90);
  expect(Math.min(...reported)).toBeGreaterThanOrEqual(60);
  expect(reported.at(-1)).toBe(90);
});

test('[E11] a run that is promoted while it counts publishes from then on, and one that no longer is stops', async () => {
  const events = topicName(scene.election.id, 'events');
  let steps = 0;
  let before = 0;
  await count(never, (engine) => {
    if (++steps === 3) {
      before = reported.length;
      const run = engine.life.promoted === undefined ? 'another' : engine.run;
      void log.append(events, 0, [
        { value: encodeEvent({ type: 'promoted', run, position: 'events:1 0:0', hash: 'h' }) },
      ]);
    }
  });
  expect(before).toBeGreaterThan(0);
  expect(reported.length).toBeLessThanOrEqual(before + 1);
  expect(Math.max(...reported)).toBeLessThan(60);
});

test('[E2] a count on a cluster that has not come as far as the newest report publishes nothing lower, though it waits', async () => {
  await count();
  reported = [];
  const inner = await openTallyEngine(log, scene.election.id);
  const stop = new AbortController();
  let steps = 0;
  const engine: Engine = {
    ...inner,
    provisional: true,
    get life() {
      return inner.life;
    },
    get position() {
      return inner.position;
    },
    // It says nothing new for a while, as between two batches.
    async step(...given) {
      if (++steps === 40) stop.abort();
      return steps > 2 && steps < 20 ? 0 : inner.step(...given);
    },
  };
  await publish({ log, engine, effects: { now: Date.now, log: logger }, everyMs: 0 }, stop.signal);
  expect(reported.length).toBeGreaterThan(0);
  expect(new Set(reported)).toEqual(new Set([60]));
});
