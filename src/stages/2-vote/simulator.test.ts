import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallElection } from '../../../test/small-election.ts';
import { openLmdbLog } from '../../adapters/lmdb/lmdb-log.ts';
import { METHODS } from '../../election/methods/methods.ts';
import type { IssuedRun } from '../../election/roll.ts';
import { closeElection } from '../../lifecycle/close.ts';
import { defineElection } from '../../lifecycle/define.ts';
import { createLifeReader } from '../../lifecycle/life-reader.ts';
import type { Log, NewRecord } from '../../ports/log.ts';
import { matchLine, readChoices } from '../../topics/ballots.ts';
import { decodeEvent, encodeEvent } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import { encodeRegistration } from '../../topics/voters.ts';
import type { Clock } from '../pace.ts';
import type { Intake } from './intake.ts';
import { simulate, type Simulated, type SimulateOptions } from './simulator.ts';

const election = smallElection({ simulation: { turnout: 0.7, repeats: 0.1, malformed: 0.1, lean: 0.5 } });
const EVENTS = topicName('small', 'events');
const VOTERS = topicName('small', 'voters');
const IDLE = new AbortController().signal;

let folder: string;
let log: Log;
let cursorFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-simulator-'));
  log = await openLmdbLog(join(folder, 'log'));
  cursorFile = join(folder, 'simulator.cursor');
  await defineElection(log, election, 2);
});

afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

/** Two issues, over more than one extent, in several places and cohorts; people are in the order of the runs. */
const FIRST: IssuedRun[] = [
  [0, 1500, 'n1', '18-64|f'],
  [2048, 300, 's2', '65+|m'],
];
const SECOND: IssuedRun[] = [
  [1500, 40, 'n1', '18-64|f'],
  [3072, 260, 'n2', '65+|f'],
];

/** The last of the people of a source who have serials. */
async function issue(source: string, upTo: number, runs: readonly IssuedRun[]): Promise<void> {
  const at = await log.end(EVENTS, 0);
  await log.append(EVENTS, 0, [{ value: encodeEvent({ type: 'issued', at, source, upTo, runs }) }]);
}

async function registerPeople(source: string, from: number, runs: readonly IssuedRun[]): Promise<void> {
  const people = runs.flatMap(([, count, place, cohort]) => Array.from({ length: count }, () => ({ place, cohort })));
  const records = people.map(({ place, cohort }, at) => ({
    value: encodeRegistration({
      source,
      index: from + at,
      place,
      cohort,
      registrationNumber: `${source}-${from + at}`,
      name: 'N',
    }),
  }));
  await log.append(VOTERS, 0, records);
}

async function fillRoll(): Promise<void> {
  await issue('people', 1800, FIRST);
  await registerPeople('people', 0, FIRST);
  await issue('people', 2100, SECOND);
  await registerPeople('people', 1800, SECOND);
}

/** Keeps what it is given, and fails when asked to: what was given then may be in the log or not. */
interface Recorder extends Pick<Intake, 'accept'> {
  readonly batches: string[];
  mostAtOnce: number;
}

function recorder(failAt = Infinity): Recorder {
  let underWay = 0;
  const kept: Recorder = {
    batches: [],
    mostAtOnce: 0,
    async accept(ndjson) {
      kept.batches.push(Buffer.from(ndjson).toString());
      kept.mostAtOnce = Math.max(kept.mostAtOnce, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      if (kept.batches.length === failAt) throw new Error('killed');
      return { recorded: 0, refused: [] };
    },
  };
  return kept;
}

interface Run {
  readonly lines: string[];
  readonly cast: Simulated;
}

/** Time that passes only when somebody sleeps. */
function sleeplessClock(): Clock {
  let now = 0;
  return {
    nowMs: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
}

async function run(
  options: Partial<SimulateOptions> = {},
  intake: Recorder = recorder(),
  clock: Clock = sleeplessClock(),
  signal: AbortSignal = IDLE,
): Promise<Run> {
  const reader = createLifeReader(log, 'small');
  const cast = await simulate({ log, reader, intake, seed: 1, follow: false, ...options }, signal, clock);
  return { lines: linesOf(intake), cast };
}

function linesOf(intake: Recorder): string[] {
  return intake.batches.join('').split('\n').slice(0, -1);
}

function readBallot(
  line: string,
): { serial: number; place: string; cohort: string; choices: Map<string, string[]> } | undefined {
  const found = matchLine(line);
  return found === undefined ? undefined : { ...found, choices: readChoices(found.choices) };
}

/** What the count would say of a line, from the runs alone. */
function isGood(line: string): boolean {
  const ballot = readBallot(line);
  if (ballot === undefined) return false;
  const own = [...FIRST, ...SECOND].find(([first, count]) => ballot.serial >= first && ballot.serial < first + count);
  return own !== undefined && own[2] === ballot.place && own[3] === ballot.cohort;
}

describe('the lines', () => {
  it('[V20] are the same for the same seed, byte for byte, at any rate, and others for another seed', async () => {
    await fillRoll();
    const { lines } = await run();
    expect((await run()).lines).toEqual(lines);
    const paced = recorder();
    expect((await run({ ratePerSecond: 4000 }, paced)).lines).toEqual(lines);
    expect(paced.batches.length).toBeGreaterThan(4);
    expect((await run({ seed: '1' })).lines).toEqual(lines);
    expect((await run({ seed: 2 })).lines).not.toEqual(lines);
  });

  it('[V21] hold a ballot of its own place and cohort for each voter, repeats of those, and malformed lines', async () => {
    await fillRoll();
    const { lines, cast } = await run();
    const serials = lines.filter(isGood).map((line) => readBallot(line)!.serial);
    expect(new Set(serials).size).toBe(cast.ballots);
    expect(serials.length).toBe(cast.ballots + cast.repeats);
    expect(lines.length - serials.length).toBe(cast.malformed);
    expect(cast.repeats).toBeGreaterThan(cast.ballots * 0.05);
    expect(cast.malformed).toBeGreaterThan(cast.ballots * 0.05);
  });

  it('[V21] repeats are the same or a changed choice of a ballot that came before', async () => {
    await fillRoll();
    const firsts = new Map<number, string>();
    const seen = { same: 0, changed: 0 };
    for (const line of (await run()).lines.filter(isGood)) {
      const { serial } = readBallot(line)!;
      const first = firsts.get(serial);
      if (first === undefined) firsts.set(serial, line);
      else seen[first === line ? 'same' : 'changed']++;
    }
    expect(seen.same).toBeGreaterThan(20);
    expect(seen.changed).toBeGreaterThan(20);
  });

  it('[V23] malformed ones are of every kind, and never a ballot of a serial that may be issued later', async () => {
    await fillRoll();
    const bad = (await run()).lines.filter((line) => !isGood(line));
    const kinds = { broken: 0, cut: 0, extra: 0, neverIssued: 0, elsewhere: 0 };
    for (const line of bad) {
      const ballot = readBallot(line);
      if (ballot === undefined) {
        if (line.endsWith(',"note":"first"}')) kinds.extra++;
        else if (line.includes('"place:')) kinds.broken++;
        else kinds.cut++;
      } else if (ballot.serial > 0xffff_ffff - 1024) kinds.neverIssued++;
      else {
        kinds.elsewhere++;
        const issued = [...FIRST, ...SECOND].some(
          ([first, count]) => ballot.serial >= first && ballot.serial < first + count,
        );
        expect(issued).toBe(true);
      }
      expect(line.length).toBeGreaterThan(0);
    }
    for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(5);
  });

  it('[V24] come in an order that tells neither who registered first nor which serial is next', async () => {
    await fillRoll();
    const serials = (await run()).lines.filter(isGood).map((line) => readBallot(line)!.serial);
    const rising = serials.filter((serial, at) => at > 0 && serial > serials[at - 1]!).length;
    expect(rising / serials.length).toBeGreaterThan(0.4);
    expect(rising / serials.length).toBeLessThan(0.6);
    const neighbours = serials.filter((serial, at) => at > 0 && serial === serials[at - 1]! + 1).length;
    expect(neighbours / serials.length).toBeLessThan(0.01);
  });

  it('[V26] hold only choices that the methods allow; about one in a hundred is blank', async () => {
    await fillRoll();
    const { lines } = await run({ turnout: 1 });
    const kinds = { valid: 0, blank: 0, rejected: 0 };
    const lengths = new Set<number>();
    for (const line of lines.filter(isGood)) {
      const { choices } = readBallot(line)!;
      for (const contest of election.contests) {
        const names = choices.get(contest.id) ?? ['missing'];
        kinds[METHODS[contest.method].judge(contest, names).kind]++;
        if (contest.id === 'parks') lengths.add(names.length);
      }
    }
    expect(kinds.rejected).toBe(0);
    expect(kinds.blank / kinds.valid).toBeGreaterThan(0.003);
    expect(kinds.blank / kinds.valid).toBeLessThan(0.02);
    expect(lengths).toEqual(new Set([0, 1, 2]));
  });

  it('[V25] everyone votes at a turnout of 1, nobody at 0', async () => {
    await fillRoll();
    expect((await run({ turnout: 1 })).cast.ballots).toBe(2100);
    expect((await run({ turnout: 0 })).cast).toEqual({ ballots: 0, repeats: 0, malformed: 0 });
  });
});

/** Small batches. */
const PACED = { ratePerSecond: 2000 };

describe('stopping and going on', () => {
  it('[V22] killed at any batch it goes on there: at most that batch is cast again', async () => {
    await fillRoll();
    const whole = recorder();
    const { lines } = await run(PACED, whole);
    expect(whole.batches.length).toBeGreaterThan(7);
    for (let killAt = 1; killAt <= whole.batches.length; killAt++) {
      await rm(cursorFile, { force: true });
      const killed = recorder(killAt);
      await expect(run({ ...PACED, cursorFile }, killed)).rejects.toThrow('killed');
      killed.batches.pop();
      const rest = await run({ cursorFile });
      expect([...linesOf(killed), ...rest.lines]).toEqual(lines);
    }
  });

  it('[V22] stopped it ends behind the batch under way, and goes on behind it', async () => {
    await fillRoll();
    const { lines } = await run();
    const stop = new AbortController();
    const stopped = await run(
      { ...PACED, cursorFile, onProgress: ({ ballots }) => ballots > 300 && stop.abort() },
      recorder(),
      sleeplessClock(),
      stop.signal,
    );
    expect(stopped.lines.length).toBeLessThan(lines.length);
    const rest = await run({ cursorFile });
    expect([...stopped.lines, ...rest.lines]).toEqual(lines);
    expect((await run({ cursorFile })).lines).toEqual([]);
  });

  it('[V22] a cursor that is broken, or of another log, costs repeats and nothing else', async () => {
    await fillRoll();
    const { lines } = await run({ cursorFile });
    const cursor = await readFile(cursorFile, 'utf8');
    for (const text of [
      '',
      'not a cursor',
      cursor.replace(/"log":"[^"]*"/, '"log":"other"'),
      cursor.replace('"events":', '"event":'),
    ]) {
      await writeFile(cursorFile, text);
      expect((await run({ cursorFile })).lines).toEqual(lines);
    }
  });

  it('[V22] with another seed or turnout it goes on too, and casts only the issue begun again', async () => {
    await fillRoll();
    const killed = recorder(3);
    await expect(run({ ...PACED, cursorFile }, killed)).rejects.toThrow('killed');
    const { lines } = await run({ seed: 5 });
    expect((await run({ cursorFile, seed: 5 })).lines).toEqual(lines);
    expect((await run({ cursorFile, seed: 6 })).lines).toEqual([]);
  });
});

describe('pacing', () => {
  it('[V28] sends no more than the rate, and one batch at a time', async () => {
    await fillRoll();
    const clock = sleeplessClock();
    const intake = recorder();
    const { lines } = await run(PACED, intake, clock);
    const wholeMs = (1000 * lines.length) / PACED.ratePerSecond;
    // work that has fallen behind may be caught up with for a second
    expect(clock.nowMs()).toBeGreaterThan(wholeMs - 1200);
    expect(clock.nowMs()).toBeLessThanOrEqual(wholeMs);
    expect(intake.mostAtOnce).toBe(1);
  });

  it('[V28] tells what is durable after every batch', async () => {
    await fillRoll();
    const told: number[] = [];
    const intake = recorder();
    const { cast } = await run({ ...PACED, onProgress: ({ ballots }) => told.push(ballots) }, intake);
    expect(told).toHaveLength(intake.batches.length);
    expect(told).toEqual([...told].sort((left, right) => left - right));
    expect(told.at(-1)).toBe(cast.ballots);
  });
});

describe('following', () => {
  it('[V27] an issue waits until all of its people have registered', async () => {
    await issue('people', 1800, FIRST);
    await registerPeople('people', 0, FIRST.slice(0, 1));
    expect((await run({ cursorFile })).lines).toEqual([]);
    await registerPeople('people', 1500, FIRST.slice(1));
    const { lines } = await run({ cursorFile });
    await issue('people', 2100, SECOND);
    await registerPeople('people', 1800, SECOND);
    const more = await run({ cursorFile });
    expect([...lines, ...more.lines]).toEqual((await run()).lines);
  });

  it('[V27] people whose registrations are gone do not vote, those after them do', async () => {
    await issue('people', 1800, FIRST);
    await registerPeople('people', 0, [[0, 500, 'n1', '18-64|f']]);
    await issue('others', 300, SECOND);
    await registerPeople('others', 0, SECOND);
    const { lines, cast } = await run({ turnout: 1 });
    expect(cast.ballots).toBe(800);
    expect(lines.filter((line) => line.includes('"s2"')).filter(isGood)).toEqual([]);
  });

  it('[R13] [V27] issues that are void are passed over, registrations that stand in the log twice are cast once', async () => {
    await fillRoll();
    const { lines } = await run();
    for (const name of [EVENTS, VOTERS]) {
      const twice = `${name}.twice`;
      await log.ensureTopics([{ name: twice, partitions: 1, retention: 'forever' }]);
      const [{ records } = { records: [] }] = await log.fetch(name, [0]);
      await log.append(twice, 0, name === EVENTS ? records.flatMap(writtenAgain) : records.slice(0, 700));
      if (name === VOTERS) await log.append(twice, 0, records);
    }
    const doubled: Log = { ...log, fetch: (topic, ...rest) => log.fetch(`${topic}.twice`, ...rest) };
    const intake = recorder();
    const reader = createLifeReader(doubled, 'small');
    await simulate({ log: doubled, reader, intake, seed: 1, follow: false }, IDLE);
    expect(linesOf(intake)).toEqual(lines);
  });

  /** Of each event three: of the issues the first was made by somebody who was behind, the second stands where it should. */
  function writtenAgain({ value }: NewRecord, index: number): NewRecord[] {
    const event = decodeEvent(value, index);
    if (event.type !== 'issued') return [{ value }, { value }, { value }];
    const behind = event.runs.map(([first, ...rest]): IssuedRun => [first + 8192, ...rest]);
    const issue = encodeEvent({ ...event, at: 3 * index + 1 });
    return [{ value: encodeEvent({ ...event, runs: behind }) }, { value: issue }, { value: issue }];
  }

  it('[V29] several that share the work cast together what one alone would', async () => {
    await fillRoll();
    await issue('more', 300, [[4096, 300, 'n2', '65+|f']]);
    await registerPeople('more', 0, [[4096, 300, 'n2', '65+|f']]);
    const { lines } = await run();
    const parts: string[][] = [];
    for (const number of [1, 2]) parts.push((await run({ part: { number, of: 2 } })).lines);
    expect(parts.every((part) => part.length > 0)).toBe(true);
    expect(parts.flat().sort()).toEqual([...lines].sort());
  });

  it('[V28] casts as people register, and ends when the signal aborts', async () => {
    const stop = new AbortController();
    const intake = recorder();
    const following = run({ follow: true }, intake, sleeplessClock(), stop.signal);
    await fillRoll();
    while (linesOf(intake).length < 1000) await new Promise((resolve) => setTimeout(resolve, 5));
    await issue('more', 300, [[4096, 300, 'n2', '65+|f']]);
    await registerPeople('more', 0, [[4096, 300, 'n2', '65+|f']]);
    while (!linesOf(intake).some((line) => /^\{"serial":4[0-3]\d\d,/.test(line))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    stop.abort();
    expect((await following).lines).toEqual((await run()).lines);
  });

  it('[V28] ends when the election closes, and casts nothing afterwards', async () => {
    const intake = recorder();
    const following = run({ follow: true }, intake);
    await closeElection(log, createLifeReader(log, 'small'));
    expect((await following).lines).toEqual([]);
    await fillRoll();
    expect((await run()).lines).toEqual([]);
  });

  it('[V28] casts nothing once the election is closed, also for those who registered before', async () => {
    await fillRoll();
    await closeElection(log, createLifeReader(log, 'small'));
    expect((await run()).lines).toEqual([]);
  });
});
