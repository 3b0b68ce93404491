/**
 * The process that the campaign kills: `node victim.ts '{"data":"…","stage":"vote", …}'` does one stage of the flow, or all
 * together, on a data folder. It says `started`, `working` once the stage has all it needs, `report N` for each durable
 * report with N ballots counted, `ended`. Ballot lines go to the file of acknowledgements as soon as the intake has answered for them.
 *
 * Everything is the product's own; it is only made busy: small batches, small reads, a report and a snapshot all the time.
 */
import { openSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { openDefinedSession, openExistingSession, type Session } from '../../src/app/session.ts';
import { openVotingKey } from '../../src/app/voting-key.ts';
import { runTogether } from '../../src/cli/run-together.ts';
import { createVotingCodes } from '../../src/election/code.ts';
import { createLifeReader, type LifeReader } from '../../src/lifecycle/life-reader.ts';
import { openElection } from '../../src/lifecycle/open.ts';
import type { Logger } from '../../src/ports/effects.ts';
import type { Log } from '../../src/ports/log.ts';
import { openCodesFile } from '../../src/stages/1-register/codes-file.ts';
import { register } from '../../src/stages/1-register/register.ts';
import { seededPeople } from '../../src/stages/1-register/seeded-people.ts';
import { createIntake, type Intake } from '../../src/stages/2-vote/intake.ts';
import { simulate } from '../../src/stages/2-vote/simulator.ts';
import { openTallyEngine } from '../../src/stages/3-tally/tally.ts';
import { project } from '../../src/stages/4-publish/project.ts';
import { publish } from '../../src/stages/4-publish/publish.ts';
import type { Clock } from '../../src/stages/pace.ts';

export const STAGES = ['register', 'vote', 'tally', 'all'] as const;
export type Stage = (typeof STAGES)[number];

export interface VictimOptions {
  readonly stage: Stage;
  readonly data: string;
  readonly electionFile: string;
  readonly acknowledgedFile: string;
  readonly codesFile: string;
  readonly seed: string;
  /** How many people to register besides those who have serials. */
  readonly morePeople: number;
  /** Tally: from zero, whatever the snapshot says. */
  readonly rebuild: boolean;
}

export const PARTITIONS = 3;
const ELECTION_DAY = '2026-11-03';
/** Small enough that a kill lands between two of anything. */
const BATCH_PEOPLE = 15;
const VOTERS_AN_APPEND = 4;
const BALLOTS_PER_SECOND = 100; // ten lines a batch; nothing waits, the clock below sees to that
const FETCH_BYTES = 4096;
const EVERY_MS = 10;
/** All together: as people register they vote, and there is something to do until the kill. */
const PEOPLE_PER_SECOND = 600;
const HURRIED: Clock = { nowMs: () => performance.now(), sleep: async () => undefined };
/** A victim that nobody kills ends by itself. */
const LONGEST_MS = 120_000;

type Task = (session: Session, options: VictimOptions, signal: AbortSignal) => Promise<void>;

const TASKS: Readonly<Record<Stage, Task>> = { register: registration, vote: voting, tally, all: allTogether };

const logger: Logger = { info: () => {}, warn: () => {}, error: (_fields, message) => say(`error: ${message}`) };

if (import.meta.main) {
  flushCompileCache(); // at the end of the process it would come too late
  say('started');
  const options = JSON.parse(process.argv[2] ?? '') as VictimOptions;
  await work(options, AbortSignal.timeout(LONGEST_MS));
  say('ended');
}

async function work(options: VictimOptions, signal: AbortSignal): Promise<void> {
  await using session = await openSession(options);
  await TASKS[options.stage](session, options, signal);
}

/** As the commands do: whoever registers may define the election, whoever votes or counts finds it in the data folder. */
async function openSession({ stage, data, electionFile }: VictimOptions): Promise<Session> {
  const common = { data, command: stage, logger };
  const session =
    stage === 'register' || stage === 'all'
      ? await openDefinedSession({ ...common, electionFile, partitions: PARTITIONS })
      : await openExistingSession(common);
  return { ...session, log: busyLog(session.log) };
}

async function allTogether(session: Session, options: VictimOptions, signal: AbortSignal): Promise<void> {
  await openElection(session.log, session.reader);
  const tasks = [registration, voting, tally, database];
  await runTogether(
    tasks.map((task) => (signal) => task(session, options, signal)),
    signal,
  );
}

async function registration(session: Session, options: VictimOptions, signal: AbortSignal): Promise<void> {
  const { log, election, folder } = session;
  const reader = await ownReader(session);
  const registered = reader.life.registered.get(`people:${options.seed}`) ?? 0;
  const source = await seededPeople(election, options.seed, registered + options.morePeople, ELECTION_DAY);
  const codes = await openCodesFile(
    options.codesFile,
    createVotingCodes(election.id, await openVotingKey(folder.path, {})),
  );
  const pace = options.stage === 'all' ? { ratePerSecond: PEOPLE_PER_SECOND } : {};
  say('working');
  await register({ log, reader, source, codes, batchPeople: BATCH_PEOPLE, ...pace }, signal);
  await codes.close();
}

async function voting(session: Session, options: VictimOptions, signal: AbortSignal): Promise<void> {
  const { log, election, files } = session;
  const reader = await ownReader(session);
  await openElection(log, reader);
  const intake = createIntake(log, election.id, reader.life.partitions);
  if (options.stage === 'vote') say('working');
  await simulate(
    {
      log,
      reader,
      intake: acknowledging(intake, options.acknowledgedFile),
      seed: options.seed,
      cursorFile: files.simulatorCursor,
      follow: options.stage === 'all',
      ratePerSecond: BALLOTS_PER_SECOND,
    },
    signal,
    HURRIED,
  );
  await intake.close();
}

async function tally({ log, election, files }: Session, options: VictimOptions, signal: AbortSignal): Promise<void> {
  const { stage, rebuild } = options;
  if (stage === 'tally') say('working');
  const engine = await openTallyEngine(log, election.id, { snapshotFile: files.snapshot, rebuild });
  const effects = { now: Date.now, log: logger };
  await publish({ log, engine, effects, toEnd: stage === 'tally', everyMs: EVERY_MS, saveEveryMs: EVERY_MS }, signal);
}

async function database(session: Session, _options: VictimOptions, signal: AbortSignal): Promise<void> {
  await project(
    { log: session.log, database: await session.database(), electionId: session.election.id, logger },
    signal,
  );
}

/** Sends each line of a batch by itself, all at once, as voters do, and writes down what was answered for. */
function acknowledging(intake: Intake, file: string): Pick<Intake, 'accept'> {
  const descriptor = openSync(file, 'a');
  async function acceptLine(line: Uint8Array): Promise<void> {
    await intake.accept(line);
    writeSync(descriptor, line);
  }
  return {
    async accept(ndjson) {
      const lines = Buffer.from(ndjson)
        .toString('latin1')
        .split(/(?<=\n)/);
      await Promise.all(lines.map((line) => acceptLine(Buffer.from(line, 'latin1'))));
      return { recorded: lines.length, refused: [] };
    },
  };
}

/** Reads a few records at a time, takes few registrations at a time, and tells of reports. */
function busyLog(log: Log): Log {
  return {
    ...log,
    fetch: (topic, from, options) => log.fetch(topic, from, { maxBytes: FETCH_BYTES, ...options }),
    async append(topic, partition, records) {
      const atATime = topic.endsWith('.voters') ? VOTERS_AN_APPEND : records.length;
      const offset = await log.append(topic, partition, records.slice(0, atATime));
      for (let at = atATime; at < records.length; at += atATime) {
        await log.append(topic, partition, records.slice(at, at + atATime));
      }
      if (topic.endsWith('.results')) say(`report ${countedIn(records.at(-1)!.value)}`);
      return offset;
    },
  };
}

function countedIn(summary: Uint8Array): number {
  const { counts } = JSON.parse(Buffer.from(summary).toString()) as { counts: { outcomes: { counted: number } } };
  return counts.outcomes.counted;
}

async function ownReader({ log, election }: Session): Promise<LifeReader> {
  const reader = createLifeReader(log, election.id);
  await reader.catchUp();
  return reader;
}

/** Not through a stream, which would keep the last lines to itself when it is killed. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
