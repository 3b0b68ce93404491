import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { samplePack } from '../../test/sample-pack.ts';
import { openLmdbLog } from '../adapters/lmdb/lmdb-log.ts';
import { makeReport } from '../election/make-report.ts';
import type { Report } from '../election/report.ts';
import { LivetallyError } from '../error.ts';
import { createLifeReader } from '../lifecycle/life-reader.ts';
import { openElection } from '../lifecycle/open.ts';
import type { Log } from '../ports/log.ts';
import { createIntake, type Intake } from '../stages/2-vote/intake.ts';
import { recount } from '../stages/3-tally/recount.ts';
import { linesOf } from '../topics/ballots.ts';
import { encodeEvent } from '../topics/events.ts';
import { formatPosition } from '../topics/position.ts';
import { topicName } from '../topics/topics.ts';
import { compare } from './compare.ts';
import { totalBallots, type Pack } from './pack.ts';
import { replay, type ReplayResult } from './replay.ts';

const PARTITIONS = 3;
const ELECTION = 'replayed';

let folder: string;
let log: Log;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-replay-'));
  log = await openLmdbLog(folder);
});
afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

async function run(
  pack: Pack,
  wrap: (intake: Intake) => Intake = (intake) => intake,
  stop = new AbortController(),
): Promise<ReplayResult> {
  const intake = wrap(createIntake(log, ELECTION, PARTITIONS));
  try {
    return await replay({ pack, log, electionId: ELECTION, intake, partitions: PARTITIONS }, stop.signal);
  } finally {
    await intake.close();
  }
}

async function report(): Promise<Report> {
  const reader = createLifeReader(log, ELECTION);
  await reader.catchUp();
  const { tally, position } = await recount(log, ELECTION);
  return makeReport(tally, reader.life, formatPosition(position), 0, true);
}

/** Some tens of thousands of ballots: several chunks. */
function largePack(): Pack {
  const pack = samplePack();
  const units = pack.units.map((unit) => ({
    ...unit,
    eligible: unit.eligible * 2000 + 7,
    ballots: unit.ballots.map(({ choices, count }) => ({ choices, count: count * 2000 })),
  }));
  return { ...pack, units };
}

test('[I8] a place without voters is replayed, and nobody votes there', async () => {
  const { units, ...rest } = samplePack();
  const [first, ...others] = units;
  const pack = { ...rest, units: [{ ...first!, eligible: 0, ballots: [] }, ...others] };
  expect(await run(pack)).toMatchObject({ complete: true, ballots: totalBallots(pack) });
});

test('[I8] goes through the front door and gives every expected figure', async () => {
  expect(await run(samplePack())).toEqual({ ballots: 25, complete: true });
  const { status, counts, equalities } = await report();
  expect([status, counts.outcomes.counted, counts.lines]).toEqual(['unofficial-complete', 25, 25]);
  expect(equalities.every(({ left, right }) => left === right)).toBe(true);
  expect(compare(samplePack(), await report()).differences).toEqual([]);
});

test('[I8] eligible voters who cast nothing are issued too', async () => {
  await run(largePack());
  const { counts } = await report();
  expect([counts.eligible, counts.outcomes.counted]).toEqual([50_014, 50_000]);
});

test('[I9] stopped, it leaves the election open; run again, it goes on, and nothing counts twice', async () => {
  const stop = new AbortController();
  const stopping = (intake: Intake): Intake => ({
    ...intake,
    accept(ndjson) {
      stop.abort();
      return intake.accept(ndjson);
    },
  });
  const stopped = await run(largePack(), stopping, stop);
  expect(stopped.complete).toBe(false);
  expect(stopped.ballots).toBeGreaterThan(0);
  expect((await report()).status).toBe('unofficial-partial');

  expect(await run(largePack())).toEqual({ ballots: 50_000, complete: true });
  const { counts } = await report();
  expect(counts.outcomes).toEqual({ counted: 50_000, repeat: stopped.ballots, invalid: 0, late: 0, excluded: 0 });
});

test('[I9] run again after the close, it adds nothing', async () => {
  await run(samplePack());
  const before = (await report()).hash;
  expect(await run(samplePack())).toEqual({ ballots: 0, complete: true });
  expect((await report()).hash).toBe(before);
});

test('[I8] ballots of a partition are not sorted by place or choice', async () => {
  await run(largePack());
  const [fetched] = await log.fetch(topicName(ELECTION, 'ballots'), [0, -1, -1]);
  const lines = fetched!.records.flatMap(({ value }) => linesOf(value));
  const tails = lines.map((line) => line.slice(line.indexOf(',')));
  const changes = tails.filter((tail, at) => tail !== tails[at - 1]).length;
  expect(changes).toBeGreaterThan(3 * new Set(tails).size);
});

test('[I9] an append that fails ends the replay with its cause, and leaves the election open', async () => {
  const full = new LivetallyError('LT_LOG_WRITE', 'disk full');
  const failing = (intake: Intake): Intake => ({ ...intake, accept: () => Promise.reject(full) });
  await expect(run(largePack(), failing)).rejects.toBe(full);
  expect((await report()).status).toBe('unofficial-partial');
});

test('[I9] an election with other voters is refused before a ballot is sent', async () => {
  const stop = new AbortController();
  stop.abort();
  await run(samplePack(), undefined, stop);
  const reader = createLifeReader(log, ELECTION);
  await openElection(log, reader);
  const { place, cohort } = samplePack().units[0]!;
  const first = reader.life.roll.extents * 1024;
  const at = reader.position;
  const issued = { type: 'issued', at, source: 'elsewhere', upTo: 5, runs: [[first, 5, place, cohort]] } as const;
  await log.append(topicName(ELECTION, 'events'), 0, [{ value: encodeEvent(issued) }]);
  await expect(run(samplePack())).rejects.toThrow(expect.objectContaining({ code: 'LT_ELECTION_FROZEN' }));
  expect((await report()).counts.lines).toBe(0);
});
