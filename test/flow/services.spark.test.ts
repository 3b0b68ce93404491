import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnSpark, type OwnSpark } from '../own-spark.ts';
import { need } from '../real-systems.ts';

const SOON_MS = 60_000;
/** Several starts of Java, on a machine that may be busy. */
const TIMEOUT_MS = 300_000;

describe.skipIf(!need({ spark: true }, 'a Spark cluster whose parts are killed'))('infra/services and Spark', () => {
  let spark: OwnSpark;
  beforeAll(async () => {
    spark = await startOwnSpark();
  }, TIMEOUT_MS);
  afterAll(() => spark.drop());

  it('[S1] lets in nobody who does not know the secret of the cluster', async () => {
    expect(await aliveWorkers()).toBe(2);
    // The port by which the master takes whole programs, from anybody.
    expect(await environment()).toMatchObject({ 'spark.authenticate': 'true', 'spark.master.rest.enabled': 'false' });
  });

  it('[S2] says which of its processes is gone, and starts it again by itself', { timeout: TIMEOUT_MS }, async () => {
    const before = await spark.state();
    expect(before.state).toBe('up');
    expect(before.executorPids).toHaveLength(2);

    await spark.kill('spark-master');
    await until(async () => (await spark.state()).state === 'broken');
    expect((await spark.state()).parts.map(({ state }) => state)).toEqual(['stopped', 'up', 'up', 'up']);
    await spark.start('spark-master');
    // It knows again whom it had: the same executors work on.
    await until(async () => (await aliveWorkers()) === 2);
    expect((await spark.state()).executorPids).toEqual(before.executorPids);

    await spark.kill('spark-worker-1');
    await until(async () => (await spark.state()).executorPids.length === 1);
    await spark.start('spark-worker-1');
    await until(async () => (await spark.state()).executorPids.length === 2);

    const [victim] = (await spark.state()).executorPids;
    await spark.kill('executor');
    await until(async () => {
      const { executorPids } = await spark.state();
      return executorPids.length === 2 && !executorPids.includes(victim!);
    });
  });

  it('[S2] goes on with all of it after all of it has ended', { timeout: TIMEOUT_MS }, async () => {
    const { parts } = await spark.state();
    for (const { name } of parts) await spark.kill(name);
    await until(async () => (await spark.state()).executorPids.length === 0);
    expect((await spark.state()).state).toBe('stopped');
    await spark.up();
    expect(await spark.state()).toMatchObject({ state: 'up', executorPids: [expect.any(Number), expect.any(Number)] });
  });

  async function aliveWorkers(): Promise<number> {
    const answer = await fetch(`${spark.master}/json/`);
    return ((await answer.json()) as { aliveworkers: number }).aliveworkers;
  }

  async function environment(): Promise<Record<string, string>> {
    const [application] = (await (await fetch(`${spark.ui}/api/v1/applications`)).json()) as [{ id: string }];
    const page = await fetch(`${spark.ui}/api/v1/applications/${application.id}/environment`);
    const { sparkProperties } = (await page.json()) as { sparkProperties: [string, string][] };
    return Object.fromEntries(sparkProperties);
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + SOON_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${SOON_MS} ms`);
    await sleep(200);
  }
}
