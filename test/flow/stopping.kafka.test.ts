import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBroker, type Broker } from '../broker.ts';
import { need } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { inBackground, livetally, scratch, writeElection } from './livetally.ts';

/** Told to end while the broker is away, a stage does not wait for it as it would while it works. */
const isThere = need({ broker: true }, 'no stage was stopped without its broker');
const { path, remove } = scratch();
/** Well below what an outage is borne; of a paused broker it shows only when an answer is overdue. */
const SOON_MS = { killed: 25_000, paused: 40_000 };

describe.skipIf(!isThere)('[C27] SIGTERM while the broker', () => {
  let broker: Broker;
  let env: Record<string, string>;

  beforeAll(async () => {
    broker = await startBroker('kafka');
    env = { KAFKA_BOOTSTRAP_SERVERS: broker.address, LIVETALLY_DATA: path('data') };
    const election = writeElection(path('election.yaml'), smallElection());
    const { code, err } = await livetally(['register', '--election', election, '--count', '500'], { env });
    expect(code, err).toBe(0);
  });
  afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
    remove();
  });

  /** Ends all of them while the broker is away, and says how long the slowest took. */
  async function stopWithout(away: () => Promise<void>): Promise<number> {
    const feed = { ...env, LIVETALLY_FEED_TOKEN: 'a-token-of-this-test' };
    const health = ['--health-port', '0'];
    const stages = [
      inBackground(['vote', '--follow', '--rate', '50', ...health], { env }),
      inBackground(['tally', '--follow', ...health], { env }),
      inBackground(['dashboard', '--port', '0', ...health], { env }),
      inBackground(['intake', '--port', '0'], { env: feed }),
    ];
    let said = '';
    for (const { child } of stages) {
      for (const from of [child.stdout!, child.stderr!]) from.on('data', (bytes: Buffer) => (said += bytes.toString()));
    }
    await vi.waitFor(() => expect(said.match(/Health:|Ballots are taken/g)).toHaveLength(4), { timeout: 30_000 });
    await sleep(3000);
    await away();
    await sleep(1000);
    const startedAt = performance.now();
    for (const { child } of stages) child.kill('SIGTERM');
    const ends = await Promise.all(stages.map(({ end }) => end));
    expect(ends.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0, 0]);
    return performance.now() - startedAt;
  }

  it('is dead: each ends well, and soon', async () => {
    expect(await stopWithout(() => broker.kill())).toBeLessThan(SOON_MS.killed);
    await broker.start();
  });

  it('is paused: each ends well, and soon', async () => {
    expect(await stopWithout(() => broker.pause())).toBeLessThan(SOON_MS.paused);
    await broker.resume();
  });
});
