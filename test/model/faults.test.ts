import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import { failing } from '../../src/election/equalities.ts';
import { hashOf, makeReport } from '../../src/election/make-report.ts';
import type { Report } from '../../src/election/report.ts';
import { emptyTally, merge, type Tally } from '../../src/election/tally.ts';
import { createLifeReader } from '../../src/lifecycle/life-reader.ts';
import { compare } from '../../src/packs/compare.ts';
import { replay } from '../../src/packs/replay.ts';
import type { Log, NewRecord } from '../../src/ports/log.ts';
import { createIntake } from '../../src/stages/2-vote/intake.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import { openTallyEngine } from '../../src/stages/3-tally/tally.ts';
import { publish, reportOf } from '../../src/stages/4-publish/publish.ts';
import { newestReport } from '../../src/stages/4-publish/newest-report.ts';
import { formatPosition } from '../../src/topics/position.ts';
import { topicName } from '../../src/topics/topics.ts';
import { samplePack } from '../sample-pack.ts';

/** One fault in one stage, for each kind and each stage: something must notice. */
const pack = samplePack();
const id = pack.election.id;
const partitions = 2;
const signal = new AbortController().signal;

let folder: string;
let log: Log;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-'));
  log = await openLmdbLog(folder);
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

type Fault = (records: readonly NewRecord[]) => readonly NewRecord[];

/** The log, with a fault in the first append to one topic. */
function faulty(topic: string, fault: Fault): Log {
  let done = false;
  return {
    ...log,
    append(name, partition, records) {
      if (done || name !== topic) return log.append(name, partition, records);
      done = true;
      return log.append(name, partition, fault(records));
    },
  };
}

/** Changes the text of the first record. */
function rewrite(change: (text: string) => string): Fault {
  return ([first, ...rest]) => [
    { ...first!, value: Buffer.from(change(Buffer.from(first!.value).toString())) },
    ...rest,
  ];
}

async function replayThrough(faultyLog: Log): Promise<void> {
  await replay(
    { pack, log: faultyLog, electionId: id, intake: createIntake(faultyLog, id, partitions), partitions },
    signal,
  );
}

async function counted(): Promise<Report> {
  const engine = await openTallyEngine(log, id);
  while ((await engine.step(0)) > 0);
  return reportOf(engine, 0);
}

async function recounted(): Promise<Report> {
  const { tally, position } = await recount(log, id);
  return reportFrom(tally, formatPosition(position));
}

async function reportFrom(tally: Tally, position: string): Promise<Report> {
  const reader = createLifeReader(log, id);
  await reader.catchUp();
  return makeReport(tally, reader.life, position, 0, false);
}

describe('a seeded fault', () => {
  it('none: the replay is exact, the recount equal, every equality holds', async () => {
    await replayThrough(log);
    const report = await counted();
    expect(compare(pack, report).differences).toEqual([]);
    expect(failing(report.equalities)).toEqual([]);
    expect((await recounted()).hash).toBe(report.hash);
  });

  const inRegister: Record<string, Fault> = {
    dropped: rewrite((text) => dropRun(text)),
    relabelled: rewrite((text) => text.replace(pack.units[0]!.place, pack.units[1]!.place)),
  };
  for (const [kind, fault] of Object.entries(inRegister)) {
    it(`[T8] an issue ${kind} in register is caught`, async () => {
      await replayThrough(afterDefined(fault)).catch(() => undefined);
      const report = await counted().catch(() => undefined);
      expect(report === undefined || compare(pack, report).differences.length > 0).toBe(true);
    });
  }

  it('[R13] an issue doubled in register hands out its serials once', async () => {
    await replayThrough(afterDefined((records) => [...records, ...records]));
    const report = await counted();
    expect(compare(pack, report).differences).toEqual([]);
    expect((await recounted()).hash).toBe(report.hash);
  });

  /** The first append to `events` defines the election; the fault is in the second. */
  function afterDefined(fault: Fault): Log {
    let appends = 0;
    return faultyWhen((topic) => topic === topicName(id, 'events') && ++appends === 2, fault);
  }

  function faultyWhen(isNow: (topic: string) => boolean, fault: Fault): Log {
    return {
      ...log,
      append: (name, partition, records) => log.append(name, partition, isNow(name) ? fault(records) : records),
    };
  }

  const inVote: Record<string, Fault> = {
    dropped: rewrite((text) => text.slice(text.indexOf('\n') + 1)),
    relabelled: rewrite((text) =>
      text.replace(/"ann-lee"|"bo-ray"/, (name) => (name === '"ann-lee"' ? '"bo-ray"' : '"ann-lee"')),
    ),
  };
  for (const [kind, fault] of Object.entries(inVote)) {
    it(`[T8] a ballot ${kind} in vote is caught`, async () => {
      await replayThrough(faulty(topicName(id, 'ballots'), fault));
      expect(compare(pack, await counted()).differences).not.toEqual([]);
    });
  }

  it('[T8] a ballot doubled in vote is counted once, and shows as a repeat', async () => {
    await replayThrough(
      faulty(
        topicName(id, 'ballots'),
        rewrite((text) => text.slice(0, text.indexOf('\n') + 1) + text),
      ),
    );
    const report = await counted();
    expect(compare(pack, report).differences).toEqual([]);
    expect(report.counts.outcomes.repeat).toBe(1);
  });

  it('[T8] a cell or a row dropped, doubled or relabelled in the tally is caught, whichever it is', async () => {
    await replayThrough(log);
    const engine = await openTallyEngine(log, id);
    while ((await engine.step(0)) > 0);
    const { hash } = await recounted();
    let faults = 0;
    for (const part of ['cells', 'ballots'] as const) {
      const keys = [...engine.tally()[part].keys()];
      for (const [at, key] of keys.entries()) {
        for (const change of [-1, 1, 0]) {
          const tally = merge(engine.tally(), emptyTally());
          tally[part].set(key, tally[part].get(key)! + (change || -1));
          const other = keys[(at + 1) % keys.length]!;
          if (change === 0) tally[part].set(other, tally[part].get(other)! + 1);
          const report = await reportFrom(tally, formatPosition(engine.position));
          expect(failing(report.equalities).length > 0 || report.hash !== hash).toBe(true);
          faults++;
        }
      }
    }
    expect(faults).toBeGreaterThan(50);
  });

  it('[P11] a report that breaks an equality is withheld, and the equality named', async () => {
    await replayThrough(log);
    const engine = await openTallyEngine(log, id);
    const said: string[] = [];
    const logger = {
      info: () => undefined,
      warn: () => undefined,
      error: (_: object, message: string) => said.push(message),
    };
    const dropping = {
      step: () => engine.step(0),
      save: () => engine.save(),
      get life() {
        return engine.life;
      },
      get position() {
        return engine.position;
      },
      run: engine.run,
      provisional: false,
      close: () => engine.close(),
      complete: false,
      tally: () => ({ ...engine.tally(), spent: engine.tally().spent - 1 }),
    };
    const { broken } = await publish(
      { log, engine: dropping, effects: { now: Date.now, log: logger }, toEnd: true },
      signal,
    );
    expect(broken.map(({ name }) => name)).toContain('counted = spent serials');
    expect(said.join()).toMatch(/withheld/);
    expect(await newestReport(log, id, pack.election.contests.length)).toBeUndefined();
  });

  it('[T8] a report changed in publish has another hash than the recount', async () => {
    await replayThrough(log);
    const change = rewrite((text) => text.replace(/"votes":\[(\d+)/, (_, votes) => `"votes":[${Number(votes) + 1}`));
    const engine = await openTallyEngine(log, id);
    const effects = { now: Date.now, log: { info: () => undefined, warn: () => undefined, error: () => undefined } };
    await publish({ log: faulty(topicName(id, 'results'), change), engine, effects, toEnd: true }, signal);
    const report = await newestReport(log, id, pack.election.contests.length);
    expect(hashOf(report!.counts)).not.toBe((await recounted()).hash);
  });
});

function dropRun(text: string): string {
  const event = JSON.parse(text) as { runs: unknown[] };
  return JSON.stringify({ ...event, runs: event.runs.slice(1) });
}
