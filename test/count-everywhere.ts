import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Tally } from '../src/election/tally.ts';
import { LivetallyError } from '../src/error.ts';
import type { Cluster } from '../src/ports/cluster.ts';
import type { Engine } from '../src/ports/engine.ts';
import type { Log } from '../src/ports/log.ts';
import { openClusterEngine } from '../src/stages/3-tally/cluster-engine.ts';
import { recount } from '../src/stages/3-tally/recount.ts';
import { openTallyEngine } from '../src/stages/3-tally/tally.ts';
import { coversBallots, type Position } from '../src/topics/position.ts';
import { tallyDifferences } from './tally-differences.ts';

/** A count takes seconds, and more where others have the cores. */
const PATIENCE_MS = 240_000;

/** What the log holds now, counted again in plain words; and the tally in process is the same. */
export async function countInProcess(log: Log, electionId: string): Promise<{ truth: Tally; position: Position }> {
  const { tally: truth, position } = await recount(log, electionId);
  const engine = await openTallyEngine(log, electionId);
  while ((await engine.step(0)) > 0);
  expect(engine.position).toEqual(position);
  expect(tallyDifferences(engine.tally(), truth)).toEqual([]);
  await engine.close();
  return { truth, position };
}

/** The tally of a cluster that counts once, up to where the log ends. */
export async function countBounded(log: Log, electionId: string, cluster: Cluster): Promise<Tally> {
  const engine = await openClusterEngine(log, electionId, cluster, { follow: false });
  while ((await whenFree(() => engine.step(0))) > 0);
  return engine.tally();
}

/** At its end nothing of it runs any more. */
export interface FollowingOfTest extends AsyncDisposable {
  readonly engine: Engine;
}

export async function openFollowing(
  log: Log,
  electionId: string,
  cluster: Cluster,
  now: () => number = Date.now,
): Promise<FollowingOfTest> {
  const engine = await whenFree(() => openClusterEngine(log, electionId, cluster, { follow: true, now }));
  return { engine, [Symbol.asyncDispose]: () => engine.close() };
}

/** Resolves once the engine has counted the ballots below a position; afterwards it goes on as it was. */
export async function followTo(engine: Engine, { ballots }: Position): Promise<Tally> {
  await stepUntil(engine, () => coversBallots(engine.position, ballots));
  return engine.tally();
}

export async function stepUntil(engine: Engine, holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error(`It stays at ${engine.position.ballots.join()}.`);
    await engine.step(250);
  }
}

/** Asks again while somebody else has all cores of the cluster. */
async function whenFree<Result>(ask: () => Promise<Result>): Promise<Result> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isAway = error instanceof LivetallyError && error.code === 'LT_SPARK_AWAY';
      if (!isAway || performance.now() > deadlineMs) throw error;
    }
    await pause(1000);
  }
}
