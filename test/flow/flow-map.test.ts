import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import { diagram, STAGES, type Stage } from '../../src/flow.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import type { Effects } from '../../src/ports/effects.ts';
import type { Log } from '../../src/ports/log.ts';
import { register } from '../../src/stages/1-register/register.ts';
import { seededPeople } from '../../src/stages/1-register/seeded-people.ts';
import { createIntake } from '../../src/stages/2-vote/intake.ts';
import { simulate } from '../../src/stages/2-vote/simulator.ts';
import { openTallyEngine } from '../../src/stages/3-tally/tally.ts';
import { publish } from '../../src/stages/4-publish/publish.ts';
import { TOPICS, type Topic } from '../../src/topics/topics.ts';
import { smallElection } from '../small-election.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = mkdtempSync(join(tmpdir(), 'livetally-map-'));
const ELECTION = smallElection();

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function textOf(stage: Stage): string {
  const folder = join(ROOT, 'src', stage.folder);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(0);
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}

/** The topics that code names; whoever follows the life of the election reads its events. */
function topicsNamed(text: string): Set<Topic> {
  const named = TOPICS.filter((topic) => new RegExp(`topicName\\([^,()]+, '${topic}'\\)`).test(text));
  return new Set(text.includes('LifeReader') ? [...named, 'events'] : named);
}

function stageNamed(name: string): Stage {
  return STAGES.find((stage) => stage.name === name)!;
}

describe('[C16] src/flow.ts holds against the code', () => {
  it('the stages are the folders of src/stages, in order', () => {
    const folders = readdirSync(join(ROOT, 'src/stages')).filter((name) => !name.includes('.'));
    const tallied = STAGES.map(({ folder }) => folder);
    expect(tallied).toEqual(folders.sort().map((name) => `stages/${name}`));
  });

  it.each(STAGES.map((stage) => [stage.name, stage] as const))(
    '%s names the topics that it reads and writes',
    (_, stage) => {
      expect(topicsNamed(textOf(stage))).toEqual(new Set([...stage.reads, ...stage.writes]));
    },
  );

  it('each stage appends to the topics that it writes, and reads no other than it says', async () => {
    await using log = closing(await openLmdbLog(FOLDER));
    const reader = await defineElection(log, ELECTION, 2);
    const signal = new AbortController().signal;
    const effects: Effects = { now: Date.now, log: { info: () => {}, warn: () => {}, error: () => {} } };
    const engine = await openTallyEngine(log, ELECTION.id);

    await expectFlow('register', log, async (watched) => {
      await register({ log: watched, reader, source: await seededPeople(ELECTION, 'map', 50) }, signal);
    });
    await expectFlow('vote', log, async (watched) => {
      const intake = createIntake(watched, ELECTION.id, 2);
      await simulate({ log: watched, reader, intake, seed: 'map', follow: false }, signal);
      await intake.close();
    });
    await expectFlow('tally', log, async (watched) => {
      const watchedEngine = await openTallyEngine(watched, ELECTION.id);
      while ((await watchedEngine.step(0)) > 0);
      expect(watchedEngine.tally().outcomes.counted).toBeGreaterThan(0);
    });
    await expectFlow('publish', log, async (watched) => {
      await publish({ log: watched, engine, effects, toEnd: true }, signal);
    });
  });
});

async function expectFlow(name: string, log: Log, run: (watched: Log) => Promise<void>): Promise<void> {
  const { reads, writes } = stageNamed(name);
  const read = new Set<string>();
  const written = new Set<string>();
  const topic = (full: string): string => full.split('.').at(-1)!;
  await run({
    ...log,
    fetch: (full, ...rest) => (read.add(topic(full)), log.fetch(full, ...rest)),
    append: (full, ...rest) => (written.add(topic(full)), log.append(full, ...rest)),
  });
  expect({ name, written }).toEqual({ name, written: new Set(writes) });
  expect(reads, name).toEqual(expect.arrayContaining([...read]));
}

function closing(log: Log): Log & AsyncDisposable {
  return { ...log, [Symbol.asyncDispose]: () => log.close() };
}

describe('[C16] the picture of the flow', () => {
  it.each(['README.md', 'ARCHITECTURE.md', 'docs/commands.md'])('%s shows it', (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toContain(diagram());
  });

  it('names every stage and every topic', () => {
    for (const { name } of STAGES) expect(diagram()).toContain(name);
    for (const topic of TOPICS) expect(diagram()).toContain(`[${topic}]`);
  });
});
