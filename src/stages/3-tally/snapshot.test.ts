import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import { defineElection } from '../../lifecycle/define.ts';
import type { Log } from '../../ports/log.ts';
import { encodeEvent } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import { createIntake } from '../2-vote/intake.ts';
import { openTallyEngine } from './tally.ts';

const election = smallElection();
let folder: string;
let file: string;
let log: Log;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-'));
  file = join(folder, 'tally.snapshot');
  log = await openLmdbLog(join(folder, 'log'));
  await prepare(log);
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

/** 1,000 serials issued, 300 of them voted, one twice, and a broken line. */
async function prepare(target: Log): Promise<void> {
  const { position: at } = await defineElection(target, election, 2);
  const issued = encodeEvent({ type: 'issued', at, source: 'test', upTo: 1000, runs: [[0, 1000, 'n1', '18-64|f']] });
  await target.append(topicName(election.id, 'events'), 0, [{ value: issued }]);
  const lines = Array.from(
    { length: 301 },
    (_, at) => `{"serial":${at % 300},"place":"n1","cohort":"18-64|f","choices":{"mayor":["ann"],"zed":[]}}`,
  );
  await createIntake(target, election.id, 2).accept(Buffer.from([...lines, 'broken'].join('\n')));
}

async function countAndSave(): Promise<void> {
  const engine = await openTallyEngine(log, election.id, { snapshotFile: file });
  while ((await engine.step(0)) > 0);
  await engine.save();
}

describe('snapshot', () => {
  it('[T9] gives back every count', async () => {
    await countAndSave();
    const warm = await openTallyEngine(log, election.id, { snapshotFile: file });
    const cold = await openTallyEngine(log, election.id);
    while ((await cold.step(0)) > 0);
    expect(warm.tally()).toEqual(cold.tally());
    expect(warm.tally().outcomes).toMatchObject({ counted: 300, repeat: 1, invalid: 1 });
    expect(warm.position).toEqual(cold.position);
  });

  it('[T12] is refused when a byte of it is wrong, wherever it is; --rebuild counts from the start', async () => {
    await countAndSave();
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, by, cut) => {
          const damaged = Buffer.from(whole);
          damaged[at]! ^= by;
          await writeFile(file, cut ? whole.subarray(0, at) : damaged);
          const opening = openTallyEngine(log, election.id, { snapshotFile: file });
          await expect(opening).rejects.toMatchObject({
            code: 'LT_SNAPSHOT_CORRUPT',
            next: expect.stringMatching('--rebuild'),
          });
        },
      ),
      { numRuns: 100 },
    );
    const rebuilt = await openTallyEngine(log, election.id, { snapshotFile: file, rebuild: true });
    expect(rebuilt.position.ballots).toEqual([0, 0]);
  });

  it('[T12] is passed over when it is of another log', async () => {
    await countAndSave();
    await using other = await openOtherLog();
    const engine = await openTallyEngine(other.log, election.id, { snapshotFile: file });
    expect(engine.position.ballots).toEqual([0, 0]);
  });
});

async function openOtherLog(): Promise<AsyncDisposable & { log: Log }> {
  const other = await openLmdbLog(join(folder, 'other'));
  await prepare(other);
  return { log: other, [Symbol.asyncDispose]: () => other.close() };
}
