import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import { failing } from '../../src/election/equalities.ts';
import type { IssuedRun } from '../../src/election/roll.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import { openTallyEngine } from '../../src/stages/3-tally/tally.ts';
import { reportOf } from '../../src/stages/4-publish/publish.ts';
import type { Engine } from '../../src/ports/engine.ts';
import type { Log } from '../../src/ports/log.ts';
import { encodeEvent, type Event } from '../../src/topics/events.ts';
import { topicName } from '../../src/topics/topics.ts';
import { ballotLines } from '../ballot-lines.ts';
import { smallElection } from '../small-election.ts';

const election = smallElection();
const RUNS: IssuedRun[] = [
  [0, 1024, 'n1', '18-64|f'],
  [1024, 700, 'n2', '65+|m'],
  [2048, 2000, 's1', '18-64|m'],
  [4096, 5, 's2', '65+|f'],
];

let folder: string;
let log: Log;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-'));
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

/** A new log in which the election is defined and its serials are issued. */
async function openElectionLog(partitions: number): Promise<void> {
  log = await openLmdbLog(await mkdtemp(join(folder, 'log-')));
  await log.ensureTopics([
    { name: topicName(election.id, 'events'), partitions: 1, retention: 'forever' },
    { name: topicName(election.id, 'ballots'), partitions, retention: 'forever' },
    { name: topicName(election.id, 'results'), partitions: 1, retention: 'forever', compacted: true },
  ]);
  await append({ type: 'defined', election, hash: 'h', partitions });
  await append({ type: 'issued', at: 1, source: 'test', upTo: 3729, runs: RUNS });
}

async function append(event: Event): Promise<void> {
  await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent(event) }]);
}

/** Writes lines in records of the sizes given, in turn; a line goes where its serial says, some to a wrong partition. */
async function write(lines: readonly string[], partitions: number, sizes: readonly number[]): Promise<void> {
  const byPartition = Array.from({ length: partitions }, (): string[] => []);
  for (const line of lines) {
    const serial = Number(/^\{"serial":(\d+)/.exec(line)?.[1] ?? 0);
    const stray = line.length % 23 === 0 ? 1 : 0;
    byPartition[(serial + stray) % partitions]!.push(line);
  }
  for (const [partition, own] of byPartition.entries()) {
    for (let at = 0, turn = 0; at < own.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      const record = Buffer.from(own.slice(at, at + size).join('\n') + '\n', 'latin1');
      await log.append(topicName(election.id, 'ballots'), partition, [{ value: record }]);
      at += size;
    }
  }
}

async function countAll(engine: Engine): Promise<void> {
  while ((await engine.step(0)) > 0);
}

/** Like the fuzzed lines, but mostly with serials and units that are issued. */
const lines = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: ballotLines(election) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...RUNS), fc.nat(1023), ballotLines(election)).map(([run, at, line]) => {
        const choices = /"choices":.*$/s.exec(line)?.[0] ?? '"choices":{}}';
        return `{"serial":${run[0] + (at % 40)},"place":"${run[2]}","cohort":"${run[3]}",${choices}`.replaceAll(
          '\n',
          '',
        );
      }),
    },
  ),
  { minLength: 1, maxLength: 120 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 });

describe('tally and recount', () => {
  it('[T2] [T8] agree on any log, and every equality holds', async () => {
    await fc.assert(
      fc.asyncProperty(lines, sizes, fc.constantFrom(1, 2, 3), async (some, cut, partitions) => {
        await openElectionLog(partitions);
        await write(some, partitions, cut);
        const engine = await openTallyEngine(log, election.id);
        await countAll(engine);
        const again = await recount(log, election.id);
        expect(engine.tally()).toEqual(again.tally);
        expect(engine.position).toEqual(again.position);
        expect(failing(reportOf(engine, 0).equalities)).toEqual([]);
        await log.close();
      }),
      { numRuns: 60 },
    );
  });

  it('[T6] the count does not depend on how the log was cut into records', async () => {
    await fc.assert(
      fc.asyncProperty(lines, sizes, sizes, async (some, one, other) => {
        const hashes: string[] = [];
        for (const cut of [one, other]) {
          await openElectionLog(2);
          await write(some, 2, cut);
          const engine = await openTallyEngine(log, election.id);
          await countAll(engine);
          hashes.push(reportOf(engine, 0).hash);
          await log.close();
        }
        expect(hashes[0]).toBe(hashes[1]);
      }),
      { numRuns: 30 },
    );
  });

  it('[T3] [T7] a close or an exclusion that reaches back counts as if it had been known from the start', async () => {
    await fc.assert(
      fc.asyncProperty(lines, lines, fc.nat(5), fc.boolean(), async (before, after, offset, exclude) => {
        await openElectionLog(2);
        await write(before, 2, [3]);
        const engine = await openTallyEngine(log, election.id);
        await countAll(engine);
        if (exclude) {
          const ranges = [{ partition: 1, from: 1, to: 1 + offset }];
          await append({ type: 'excluded', ranges, serials: [0, 1, 2, 1024], why: 'test' });
        }
        await append({ type: 'closed', ballots: [offset, offset + 3] });
        await write(after, 2, [2]);
        await countAll(engine);
        expect(engine.tally()).toEqual((await recount(log, election.id)).tally);
        await log.close();
      }),
      { numRuns: 40 },
    );
  });

  it('[T9] a count that goes on from a snapshot is the count from zero', async () => {
    await fc.assert(
      fc.asyncProperty(lines, lines, async (before, after) => {
        await openElectionLog(2);
        const snapshotFile = join(folder, `snapshot-${Math.random()}`);
        await write(before, 2, [5]);
        const first = await openTallyEngine(log, election.id, { snapshotFile });
        await countAll(first);
        await first.save();
        await append({ type: 'issued', at: 2, source: 'test', upTo: 3800, runs: [[8192, 71, 'n2', '65+|m']] });
        await write(after, 2, [4]);
        const warm = await openTallyEngine(log, election.id, { snapshotFile });
        expect(warm.position).toEqual(first.position);
        await countAll(warm);
        const cold = await openTallyEngine(log, election.id, { snapshotFile, rebuild: true });
        await countAll(cold);
        expect(warm.tally()).toEqual(cold.tally());
        await log.close();
      }),
      { numRuns: 40 },
    );
  });
});
