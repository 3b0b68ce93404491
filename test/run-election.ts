import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Election } from '../src/election/election.ts';
import type { Report } from '../src/election/report.ts';
import { closeElection } from '../src/lifecycle/close.ts';
import { defineElection } from '../src/lifecycle/define.ts';
import { promoteRun } from '../src/lifecycle/promote.ts';
import { openElection } from '../src/lifecycle/open.ts';
import type { Effects } from '../src/ports/effects.ts';
import type { Log, LogRecord, NewRecord } from '../src/ports/log.ts';
import { importRoll } from '../src/stages/1-register/import-roll.ts';
import { register } from '../src/stages/1-register/register.ts';
import { seededPeople } from '../src/stages/1-register/seeded-people.ts';
import { createIntake } from '../src/stages/2-vote/intake.ts';
import { simulate } from '../src/stages/2-vote/simulator.ts';
import { openTallyEngine } from '../src/stages/3-tally/tally.ts';
import { publish } from '../src/stages/4-publish/publish.ts';
import { topicName, type Topic } from '../src/topics/topics.ts';

const EFFECTS: Effects = { now: Date.now, log: { info: () => {}, warn: () => {}, error: () => {} } };
const PEOPLE = 400;
/** Of people who tell no more than they must. */
const ROLL = 'registration_number,name,place,cohort\nA-1,Ada Ek,n1,18-64|f\nA-2,Bo Ek,s2,65+|m\n';

export interface Appended {
  /** A stage of src/flow.ts, or `lifecycle`. */
  readonly by: string;
  readonly topic: Topic;
  readonly records: readonly NewRecord[];
}

/**
 * A small election from its definition to the last report, stage after stage, and all that was appended. The election
 * needs the places and cohorts of small-election.ts.
 */
export async function runElection(
  log: Log,
  election: Election,
  partitions: number,
): Promise<{ report: Report; appended: readonly Appended[] }> {
  const { signal } = new AbortController();
  const appended: Appended[] = [];
  const by = (name: string): Log => recording(log, name, appended);
  const reader = await defineElection(by('lifecycle'), election, partitions);

  const people = await seededPeople(election, 'run', PEOPLE, '2026-11-03');
  await register({ log: by('register'), reader, source: people }, signal);
  await registerRoll(by('register'), reader, signal);
  await openElection(by('lifecycle'), reader);
  const intake = createIntake(by('vote'), election.id, partitions);
  await simulate({ log: by('vote'), reader, intake, seed: 'run', follow: false }, signal);
  await intake.close();

  const engine = await openTallyEngine(by('tally'), election.id);
  const published = { log: by('publish'), engine, effects: EFFECTS, toEnd: true };
  const before = await publish(published, signal);
  const agreement = { position: engine.position, hash: before.report.hash };
  await promoteRun(by('lifecycle'), reader, engine.run, agreement);
  await closeElection(by('lifecycle'), reader);
  await defineElection(by('lifecycle'), { ...election, title: 'Counted' }, partitions);
  const { report } = await publish(published, signal);
  return { report, appended };
}

/** Every record of a topic, by partition. */
export async function recordsOf(log: Log, electionId: string, topic: Topic, partitions: number): Promise<LogRecord[]> {
  const name = topicName(electionId, topic);
  const records: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const from = Array.from({ length: partition + 1 }, () => -1);
    const end = await log.end(name, partition);
    for (let next = 0; next < end;) {
      from[partition] = next;
      const [fetched] = await log.fetch(name, from, { waitMs: 1000 });
      if (fetched === undefined) break;
      records.push(...fetched.records);
      next = fetched.next;
    }
  }
  return records;
}

async function registerRoll(
  log: Log,
  reader: Awaited<ReturnType<typeof defineElection>>,
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-roll-'));
  try {
    const path = join(folder, 'roll.csv');
    await writeFile(path, ROLL);
    const { source } = await importRoll({ log, life: reader.life, path, electionDay: '2026-11-03' });
    await register({ log, reader, source }, signal);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function recording(log: Log, by: string, appended: Appended[]): Log {
  return {
    ...log,
    append(full, partition, records) {
      appended.push({ by, topic: full.split('.').at(-1) as Topic, records });
      return log.append(full, partition, records);
    },
  };
}
