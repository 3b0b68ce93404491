import { describe, expect, it } from 'vitest';
import type { Serial } from '../../src/election/ids.ts';
import type { IssuedRun } from '../../src/election/roll.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import { ballotLine } from '../../src/topics/ballots.ts';
import { encodeEvent, type Event } from '../../src/topics/events.ts';
import { topicName } from '../../src/topics/topics.ts';
import { countBounded, countInProcess, followTo, openFollowing } from '../count-everywhere.ts';
import { BROKERS, brokerLog, freshId, need } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { sparkCluster } from '../spark-cluster.ts';
import { tallyDifferences } from '../tally-differences.ts';

const PARTITIONS = 2;
const LAST_EXTENT = 2 ** 32 - 1024;

/** The events from offset 1 on. What stands elsewhere than `at` says is void. */
const EVENTS: readonly Event[] = [
  issued(1, 700, [[0, 600, 'n1', '18-64|f'], [2048, 100, 'n2', '65+|m']]), // prettier-ignore
  issued(1, 750, [[4096, 50, 's1', '18-64|m']]),
  { type: 'excluded', ranges: [], serials: [], why: 'issued' },
  issued(4, 1700, [[600, 1000, 'n1', '18-64|f']]),
  issued(6, 1710, [[4096, 10, 's2', '18-64|m']]),
  { type: 'opened' },
  issued(7, 2149, [[1600, 448, 'n1', '18-64|f'], [8192, 1, 's1', '65+|f']]), // prettier-ignore
  issued(7, 2149, [[1600, 448, 'n1', '18-64|f'], [8192, 1, 's1', '65+|f']]), // prettier-ignore
  issued(9, 3173, [[LAST_EXTENT, 1024, 's2', '65+|f']]),
];

function issued(at: number, upTo: number, runs: readonly IssuedRun[]): Event {
  return { type: 'issued', at, source: 'issued', upTo, runs };
}

type Fate = 'counted' | 'unissued' | 'unit';

const BALLOTS: readonly (readonly [serial: number, place: string, cohort: string, fate: Fate])[] = [
  ...[0, 599, 600, 1023, 1024, 1599, 1600, 2047].map((serial) => [serial, 'n1', '18-64|f', 'counted'] as const),
  [1, 'n2', '65+|m', 'unit'],
  [1, 'n1', '18-64|m', 'unit'],
  [1, 'n1', '18-64|f', 'counted'],
  [1000, 'n2', '65+|m', 'unit'],
  [2048, 'n1', '18-64|f', 'unit'],
  [2048, 'n2', '65+|m', 'counted'],
  [2147, 'n2', '65+|m', 'counted'],
  [2148, 'n2', '65+|m', 'unissued'],
  [3071, 'n2', '65+|m', 'unissued'],
  [3072, 'n2', '65+|m', 'unissued'],
  [4096, 's1', '18-64|m', 'unissued'],
  [4096, 's2', '18-64|m', 'unissued'],
  [8191, 's1', '65+|f', 'unissued'],
  [8192, 's1', '65+|f', 'counted'],
  [8193, 's1', '65+|f', 'unissued'],
  [2 ** 31 - 1, 's2', '65+|f', 'unissued'],
  [2 ** 31, 's2', '65+|f', 'unissued'],
  [LAST_EXTENT - 1, 's2', '65+|f', 'unissued'],
  [LAST_EXTENT, 's2', '65+|f', 'counted'],
  [LAST_EXTENT + 1023, 's2', '65+|f', 'counted'],
];

const isThere = need({ broker: true, spark: true }, 'whose serials are whose on a cluster');

describe.skipIf(!isThere)('issues in part, gone on, void, written twice, and of the last serials', () => {
  const { address } = BROKERS[0] ?? { address: '' };

  it('[E1] [R13] give every engine the same roll', async () => {
    const election = smallElection({ id: freshId('issues') });
    await using under = await brokerLog(address, election.id);
    const { log } = under;
    await using spark = sparkCluster(address, election.id);
    await defineElection(log, election, PARTITIONS);
    const events = EVENTS.map((event) => ({ value: encodeEvent(event) }));
    await log.append(topicName(election.id, 'events'), 0, events);
    for (const [serial, place, cohort] of BALLOTS) {
      const line = ballotLine(serial as Serial, place, cohort, [['mayor', ['ann']]]);
      await log.append(topicName(election.id, 'ballots'), serial % PARTITIONS, [{ value: Buffer.from(line) }]);
    }

    const { truth, position } = await countInProcess(log, election.id);
    const become = (fate: Fate): number => BALLOTS.filter(([, , , own]) => own === fate).length;
    expect(truth).toMatchObject({
      lines: BALLOTS.length,
      outcomes: { counted: become('counted'), repeat: 0 },
      invalid: { unissued: become('unissued'), unit: become('unit'), form: 0 },
    });
    expect(tallyDifferences(await countBounded(log, election.id, spark.cluster), truth)).toEqual([]);
    await using following = await openFollowing(log, election.id, spark.cluster);
    const { engine } = following;
    expect(tallyDifferences(await followTo(engine, position), truth)).toEqual([]);

    // and an issue that comes while it counts
    const at = await log.end(topicName(election.id, 'events'), 0);
    const more = issued(at, 3183, [[5120, 10, 's1', '18-64|m']]);
    await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent(more) }]);
    const line = ballotLine(5122 as Serial, 's1', '18-64|m', []);
    await log.append(topicName(election.id, 'ballots'), 0, [{ value: Buffer.from(line) }]);
    const after = await countInProcess(log, election.id);
    expect(after.truth.outcomes.counted).toBe(truth.outcomes.counted + 1);
    expect(tallyDifferences(await followTo(engine, after.position), after.truth)).toEqual([]);
  }, 300_000);
});
