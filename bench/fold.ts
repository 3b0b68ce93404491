import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLmdbLog } from '../src/adapters/lmdb/lmdb-log.ts';
import type { IssuedRun } from '../src/election/roll.ts';
import { ballotSpace } from '../src/election/space.ts';
import { cellKey, TOTAL } from '../src/election/tally.ts';
import { defineElection } from '../src/lifecycle/define.ts';
import type { Log } from '../src/ports/log.ts';
import { createIntake } from '../src/stages/2-vote/intake.ts';
import { openTallyEngine } from '../src/stages/3-tally/tally.ts';
import { encodeEvent } from '../src/topics/events.ts';
import { topicName } from '../src/topics/topics.ts';
import { benchElection, CANDIDATES } from './bench-election.ts';
import { comparePair, VoidRun } from './pairs.ts';

/**
 * The fold over a log of ballots against the way one would write it in plain TypeScript: JSON.parse, a Set of serials, a
 * Map of counts. Both read the same embedded log from zero and count votes in total, by place and by cohort; the plain
 * way does not check form, issue or unit, ours does.
 *
 *   node bench/fold.ts [--ballots <n>] [--rounds <n>]
 */
const { values: options } = parseArgs({
  options: { ballots: { type: 'string', default: '10000000' }, rounds: { type: 'string', default: '3' } },
});
const PARTITIONS = 4;
const election = benchElection('bench');
const ballots = Number(options.ballots);
/** A repeat in every so many lines, so that both have some to refuse. */
const REPEAT_EVERY = 50;

const folder = await mkdtemp(join(tmpdir(), 'livetally-bench-'));
const log = await openLmdbLog(folder);
try {
  const expected = await fill(log);
  await comparePair({
    title: `fold over a log of ${ballots.toLocaleString('en')} ballots`,
    unit: 'lines/s',
    rounds: Number(options.rounds),
    target: 15,
    peer: { name: 'JSON.parse, Set, Map', run: () => timed(plainCount, expected) },
    ours: { name: 'tally', run: () => timed(tallyCount, expected) },
  });
} finally {
  await log.close();
  await rm(folder, { recursive: true });
}

type Counts = ReadonlyMap<string, number>;

/** Lines a second. A run with a wrong count is void. */
async function timed(count: () => Promise<Counts>, expected: Counts): Promise<number> {
  const startedAt = performance.now();
  const counts = await count();
  const seconds = (performance.now() - startedAt) / 1000;
  for (const [key, number] of expected) {
    if (counts.get(key) !== number) throw new VoidRun(`${key} is ${counts.get(key)}, not ${number}`);
  }
  if (counts.size !== expected.size) throw new VoidRun(`${counts.size} counts, not ${expected.size}`);
  return (ballots + Math.floor(ballots / REPEAT_EVERY)) / seconds;
}

async function tallyCount(): Promise<Counts> {
  const engine = await openTallyEngine(log, election.id);
  while ((await engine.step(0)) > 0);
  return engine.tally().cells;
}

async function plainCount(): Promise<Counts> {
  const spent = new Set<number>();
  const counts = new Map<string, number>();
  const from = Array.from({ length: PARTITIONS }, () => 0);
  for (;;) {
    const fetched = await log.fetch(topicName(election.id, 'ballots'), from);
    if (fetched.length === 0) return counts;
    for (const { partition, records, next } of fetched) {
      from[partition] = next;
      for (const { value } of records) {
        for (const line of Buffer.from(value).toString().trimEnd().split('\n'))
          plainBallot(JSON.parse(line), spent, counts);
      }
    }
  }
}

interface PlainBallot {
  readonly serial: number;
  readonly place: string;
  readonly cohort: string;
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

function plainBallot(ballot: PlainBallot, spent: Set<number>, counts: Map<string, number>): void {
  if (spent.has(ballot.serial)) return;
  spent.add(ballot.serial);
  for (const [contest, names] of Object.entries(ballot.choices)) {
    for (const [breakdown, value] of [
      [TOTAL, TOTAL],
      ['place', ballot.place],
      ['cohort', ballot.cohort],
    ] as const) {
      const key = cellKey(contest, breakdown, value, names.join(','));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
}

/** Issues and casts the ballots, in an order that jumps about the roll; resolves with the counts that must come out. */
async function fill(target: Log): Promise<Counts> {
  const reader = await defineElection(target, election, PARTITIONS);
  const { places, cohorts } = ballotSpace(election);
  const units = places.flatMap((place) => cohorts.map((cohort) => ({ place, cohort })));
  const perUnit = Math.ceil(ballots / units.length / 1024) * 1024;
  const runs = units.map(({ place, cohort }, at): IssuedRun => [at * perUnit, perUnit, place, cohort]);
  const issued = encodeEvent({
    type: 'issued',
    at: reader.position,
    source: 'bench',
    upTo: perUnit * units.length,
    runs,
  });
  await target.append(topicName(election.id, 'events'), 0, [{ value: issued }]);
  await reader.catchUp();

  const intake = createIntake(target, election.id, PARTITIONS);
  const expected = new Map<string, number>();
  const stride = 7_368_787; // a prime: every serial comes once
  const total = perUnit * units.length;
  let lines: string[] = [];
  for (let at = 0; at < ballots; at++) {
    const serial = (at * stride) % total;
    const { place, cohort } = units[Math.floor(serial / perUnit)]!;
    const name = CANDIDATES[serial % 11 < 5 ? 0 : serial % 11 < 9 ? 1 : serial % 11 === 9 ? 2 : 3];
    const rest = `"place":"${place}","cohort":"${cohort}","choices":{"president":["${name}"]}}`;
    lines.push(`{"serial":${serial},${rest}`);
    if (at % REPEAT_EVERY === REPEAT_EVERY - 1) lines.push(`{"serial":${serial},${rest.replace(name, 'whitaker')}`);
    for (const [breakdown, value] of [
      [TOTAL, TOTAL],
      ['place', place],
      ['cohort', cohort],
    ] as const) {
      const key = cellKey('president', breakdown, value, name);
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    if (lines.length < 50_000 && at < ballots - 1) continue;
    await intake.accept(Buffer.from(lines.join('\n')));
    lines = [];
  }
  await intake.close();
  return expected;
}
