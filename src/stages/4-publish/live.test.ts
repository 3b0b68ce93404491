import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeCount, exampleElection } from '../../../test/browser/fake-count.ts';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import type { Election } from '../../election/election.ts';
import { createLifeReader, type LifeReader } from '../../lifecycle/life-reader.ts';
import type { Log } from '../../ports/log.ts';
import { encodeEvent, type Event } from '../../topics/events.ts';
import { encodeReport } from '../../topics/results.ts';
import { TOPICS, topicName } from '../../topics/topics.ts';
import { createLive, emptyReport, runLive, type Live, type Serialised } from './live.ts';

let folder: string;
let log: Log;
let reader: LifeReader;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-live-'));
  log = await openLmdbLog(folder);
  const topics = TOPICS.map((topic) => ({
    name: topicName('demo', topic),
    partitions: 1,
    retention: 'forever' as const,
  }));
  await log.ensureTopics(topics);
  await happens({ type: 'defined', election: exampleElection(), hash: 'h', partitions: 1 });
  reader = createLifeReader(log, 'demo');
  await reader.catchUp();
  stop = new AbortController();
  running = Promise.resolve();
});

afterEach(async () => {
  stop.abort();
  await running;
  await log.close();
  await rm(folder, { recursive: true });
});

async function happens(event: Event): Promise<void> {
  await log.append(topicName('demo', 'events'), 0, [{ value: encodeEvent(event) }]);
}

function run(): Live {
  const live = createLive(reader.life.election, emptyReport(reader));
  running = runLive({ log, reader, live }, stop.signal);
  return live;
}

function next(live: Live): Promise<Serialised> {
  return new Promise((resolve) => {
    const unfollow = live.follow((newest) => {
      unfollow();
      resolve(newest);
    });
  });
}

test('[P7] before the first report: the election as defined, then its opening, with zero of everything', async () => {
  const live = run();
  expect(live.snapshot).toMatchObject({ status: 'pre-election', lines: 0, eligible: 0 });
  const opened = next(live);
  await happens({ type: 'opened' });
  await happens({ type: 'issued', at: 2, source: 's', upTo: 5, runs: [[0, 5, 'US-AL0', 'v0|v0']] });
  await opened;
  if (live.snapshot.eligible === 0) await next(live);
  expect(live.snapshot).toMatchObject({ status: 'unofficial-partial', lines: 0, eligible: 5 });
});

test('[P7] the newest report of the topic is shown, and each newer one', async () => {
  const fake = createFakeCount(exampleElection());
  for (let round = 0; round < 3; round++) await append(fake.step(500));
  const live = run();
  const first = await next(live);
  expect(JSON.parse(first.bytes.toString()).lines).toBe(fake.report().counts.lines);
  expect(live.snapshot.rates.history.at.length).toBeGreaterThan(0);
  const second = next(live);
  const report = fake.step(700);
  await append(report);
  await second;
  expect(live.snapshot).toMatchObject({ lines: report.counts.lines, position: report.position });
});

test('[P7] new texts reach the page without a restart', async () => {
  const live = run();
  const before = live.texts.id;
  const election: Election = exampleElection({ title: 'Another title' });
  const described = next(live);
  await happens({ type: 'described', election });
  await described;
  expect(live.texts.id).not.toBe(before);
  expect(live.snapshot.texts).toBe(live.texts.id);
  expect(JSON.parse(live.texts.bytes.toString()).title).toBe('Another title');
});

test('[P8] nobody is told when nothing changed', () => {
  const fake = createFakeCount(exampleElection());
  const report = fake.step(500);
  const live = createLive(exampleElection(), report, () => Date.parse(report.at) + 60_000);
  let told = 0;
  live.follow(() => told++);
  live.take(report);
  live.refresh();
  live.refresh();
  live.refresh();
  expect(told).toBe(1);
});

test('[P5] the rate that is shown falls to zero when reports stop', () => {
  let now = 1_000_000;
  const fake = createFakeCount(exampleElection());
  const at = (ballots: number): ReturnType<typeof fake.step> => ({
    ...fake.step(ballots),
    at: new Date(now).toISOString(),
  });
  const live = createLive(exampleElection(), at(0), () => now);
  for (let second = 0; second < 5; second++) {
    now += 1000;
    live.take(at(1000));
    live.refresh();
  }
  expect(live.snapshot.rates.perSecond).toBeGreaterThan(500);
  for (let second = 0; second < 15; second++) {
    now += 1000;
    live.refresh();
  }
  expect(live.snapshot.rates.perSecond).toBe(0);
});

async function append(report: Parameters<typeof encodeReport>[0]): Promise<void> {
  await log.append(topicName('demo', 'results'), 0, encodeReport(report));
}
