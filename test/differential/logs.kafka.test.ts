import { describe, expect, it } from 'vitest';
import type { Election } from '../../src/election/election.ts';
import type { IssuedRun } from '../../src/election/roll.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import type { Log } from '../../src/ports/log.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import { openTallyEngine } from '../../src/stages/3-tally/tally.ts';
import { reportOf } from '../../src/stages/4-publish/publish.ts';
import { partitionOf } from '../../src/topics/ballots.ts';
import { encodeEvent } from '../../src/topics/events.ts';
import { topicName } from '../../src/topics/topics.ts';
import { inRecords } from '../in-records.ts';
import { likelyLines, serialIn } from '../likely-lines.ts';
import { BROKERS, brokerLog, embeddedLog, freshId, need, type LogOfTest } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';

const RUNS: IssuedRun[] = [
  [0, 1024, 'n1', '18-64|f'],
  [1024, 700, 'n2', '65+|m'],
  [2048, 2000, 's1', '18-64|m'],
];
const PEOPLE = 3724;
const PARTITIONS = [1, 2, 12];
const LINES = 6000;
/** Lines a record: one ballot of a web page, up to the most that the intake writes. */
const SIZES = [1, 7, 4000, 1, 250, 2];

async function fill(log: Log, election: Election, partitions: number, lines: readonly string[]): Promise<void> {
  const { position: at } = await defineElection(log, election, partitions);
  const issued = encodeEvent({ type: 'issued', at, source: 'test', upTo: PEOPLE, runs: RUNS });
  await log.append(topicName(election.id, 'events'), 0, [{ value: issued }]);
  const byPartition = Array.from({ length: partitions }, (): string[] => []);
  for (const line of lines) {
    byPartition[partitionOf(serialIn(line), partitions)]!.push(line);
  }
  await Promise.all(
    byPartition.map(async (own, partition) => {
      const records = inRecords(own, SIZES);
      // Alone, in twos, and all that is left at once.
      for (const some of [records.slice(0, 1), records.slice(1, 3), records.slice(3)]) {
        if (some.length > 0) await log.append(topicName(election.id, 'ballots'), partition, some);
      }
    }),
  );
}

interface Counted {
  readonly hash: string;
  readonly counted: number;
  readonly repeat: number;
  readonly invalid: number;
}

async function counted(log: Log, electionId: string): Promise<Counted> {
  const engine = await openTallyEngine(log, electionId);
  while ((await engine.step(0)) > 0);
  expect((await recount(log, electionId)).tally).toEqual(engine.tally());
  const { hash, counts } = reportOf(engine, 0);
  const { counted, repeat, invalid } = counts.outcomes;
  return { hash, counted, repeat, invalid };
}

const isThere = need({ broker: true }, 'no ballots were counted on a broker and on the embedded log alike');

describe.skipIf(!isThere)('[L9] the same ballots on any log', () => {
  it.each([1, 2])('give the same report, however many partitions and lines a record (seed %i)', async (seed) => {
    const election = smallElection({ id: freshId('logs') });
    const lines = likelyLines(election, RUNS, LINES, seed);
    const logs: [string, () => Promise<LogOfTest>][] = [
      ['LMDB', embeddedLog],
      ...BROKERS.map(({ name, address }): [string, () => Promise<LogOfTest>] => [
        name,
        () => brokerLog(address, election.id),
      ]),
    ];
    const found: [string, Counted][] = [];
    for (const partitions of PARTITIONS) {
      for (const [name, open] of logs) {
        await using under = await open();
        await fill(under.log, election, partitions, lines);
        found.push([`${name}, ${partitions} partitions`, await counted(under.log, election.id)]);
      }
    }
    const [, first] = found[0]!;
    expect(first.counted).toBeGreaterThan(1000);
    expect(first.repeat).toBeGreaterThan(300);
    expect(first.invalid).toBeGreaterThan(300);
    expect(found).toEqual(found.map(([name]) => [name, first]));
  });
});
