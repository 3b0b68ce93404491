import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import { defineElection } from '../../lifecycle/define.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Log } from '../../ports/log.ts';
import { encodeEvent, type Event } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import { recount } from './recount.ts';
import { openTallyEngine } from './tally.ts';

const election = smallElection();
const RECORDS = 8;
let folder: string;
let log: Log;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-'));
  log = await openLmdbLog(folder);
  const { position: at } = await defineElection(log, election, 1);
  await append({ type: 'issued', at, source: 'test', upTo: 100, runs: [[0, 100, 'n1', '18-64|f']] });
  for (let serial = 0; serial < RECORDS; serial++) {
    const line = `{"serial":${serial},"place":"n1","cohort":"18-64|f","choices":{}}\n`;
    await log.append(topicName(election.id, 'ballots'), 0, [{ value: Buffer.from(line) }]);
  }
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

async function append(event: Event): Promise<void> {
  await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent(event) }]);
}

async function countAll(engine: Engine): Promise<void> {
  while ((await engine.step(0)) > 0);
}

describe('tally engine', () => {
  it.each([
    [2, 6],
    [6, 2],
    [3, RECORDS],
  ])('[T7] counts anew when a close at %i is followed by one at %i', async (first, second) => {
    await append({ type: 'closed', ballots: [first] });
    const engine = await openTallyEngine(log, election.id);
    await countAll(engine);
    expect(engine.tally().outcomes.counted).toBe(first);
    await append({ type: 'closed', ballots: [second] });
    await countAll(engine);
    expect(engine.tally().outcomes).toMatchObject({ counted: second, late: RECORDS - second });
    expect(engine.tally()).toEqual((await recount(log, election.id)).tally);
  });

  it('[T4] loses and doubles nothing when reading ahead fails once', async () => {
    let reads = 0;
    const failing: Log = {
      ...log,
      async fetch(topic, from, options) {
        if (topic === topicName(election.id, 'ballots') && ++reads === 2) throw new Error('the disk failed once');
        return log.fetch(topic, from, { ...options, maxBytes: 1 });
      },
    };
    const engine = await openTallyEngine(failing, election.id);
    await engine.step(0);
    await expect(engine.step(0)).rejects.toThrow('failed once');
    await countAll(engine);
    expect(engine.tally().outcomes).toMatchObject({ counted: RECORDS, repeat: 0 });
  });

  it('[T2] reads events past a hole in their offsets', async () => {
    const events = topicName(election.id, 'events');
    const holed: Log = {
      ...log,
      // The last event is one that nobody sees, such as a broker's own.
      async fetch(topic, from, options) {
        const found = await log.fetch(topic, from, options);
        if (topic !== events) return found;
        return found.map((some) => ({ ...some, records: some.records.filter(({ offset }) => offset !== 2) }));
      },
    };
    await append({ type: 'opened' });
    const engine = await openTallyEngine(holed, election.id);
    await countAll(engine);
    expect(engine.position).toEqual({ events: 3, ballots: [RECORDS] });
    expect(engine.life.opened).toBe(false);
  });
});
