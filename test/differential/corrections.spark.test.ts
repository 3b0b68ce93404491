import { describe, expect, it } from 'vitest';
import type { IssuedRun } from '../../src/election/roll.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import { countTo } from '../../src/stages/3-tally/count-to.ts';
import { encodeEvent, type Event } from '../../src/topics/events.ts';
import { topicName } from '../../src/topics/topics.ts';
import { countBounded, countInProcess, followTo, openFollowing, stepUntil } from '../count-everywhere.ts';
import { likelyLines } from '../likely-lines.ts';
import { BROKERS, brokerLog, freshId, need } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { runningCounts, sparkCluster } from '../spark-cluster.ts';
import { tallyDifferences } from '../tally-differences.ts';
import { writeLines } from '../write-lines.ts';

const PARTITIONS = 2;
const RUNS: IssuedRun[] = [
  [0, 1024, 'n1', '18-64|f'],
  [1024, 300, 's2', '65+|m'],
];
const PEOPLE = 1324;

const isThere = need({ broker: true, spark: true }, 'whether corrections and the close hold on a cluster');

describe.skipIf(!isThere)('what is taken out, and what comes late', () => {
  const { address } = BROKERS[0] ?? { address: '' };

  it('[E1] [E5] [E6] [T2] [T3] [T7] is the same on every engine, also to one that was counting already', async () => {
    const election = smallElection({ id: freshId('corrections') });
    const { id } = election;
    await using under = await brokerLog(address, id);
    const { log } = under;
    await using spark = sparkCluster(address, id);
    const append = (event: Event): Promise<number> =>
      log.append(topicName(id, 'events'), 0, [{ value: encodeEvent(event) }]);
    const { position: at } = await defineElection(log, election, PARTITIONS);
    await append({ type: 'issued', at, source: 'test', upTo: PEOPLE, runs: RUNS });
    const lines = likelyLines(election, RUNS, 2400, 7);
    for (let from = 0; from < lines.length; from += 400) {
      await writeLines(log, id, PARTITIONS, lines.slice(from, from + 400));
    }
    const before = await countInProcess(log, id);
    const [end = 0, otherEnd = 0] = before.position.ballots;
    expect(Math.min(end, otherEnd)).toBeGreaterThan(15);

    let skewMs = 0;
    await using following = await openFollowing(log, id, spark.cluster, () => Date.now() + skewMs);
    const { engine } = following;
    expect(tallyDifferences(await followTo(engine, before.position), before.truth)).toEqual([]);
    const { run } = engine;

    // After an excluded range the next ballot of a serial counts, after an excluded serial none does.
    const ranges = [
      { partition: 0, from: 2, to: 5 },
      { partition: 1, from: 0, to: 1 },
      { partition: 1, from: 8, to: 8 },
    ];
    await append({ type: 'excluded', ranges, serials: [0, 1, 2, 1024, 1030, 4_294_967_295], why: 'a test' });
    await append({ type: 'excluded', ranges: [{ partition: 0, from: 4, to: 9 }], serials: [2, 17], why: 'a test' });
    const excluded = await countInProcess(log, id);
    expect(excluded.truth.outcomes.excluded).toBeGreaterThan(100);
    expect(tallyDifferences(await countBounded(log, id, spark.cluster), excluded.truth)).toEqual([]);
    await stepUntil(engine, () => engine.run !== run);
    expect(engine.provisional).toBe(true);
    expect(tallyDifferences(await followTo(engine, excluded.position), excluded.truth)).toEqual([]);
    expect(await runningCounts(log, id)).toEqual([engine.run]);
    // without the events it is what it was
    const again = await countTo(log, id, before.position);
    expect(tallyDifferences(again.tally, before.truth)).toEqual([]);

    await append({ type: 'closed', ballots: [end - 4, otherEnd - 1] });
    const closed = await countInProcess(log, id);
    expect(closed.truth.outcomes.late).toBeGreaterThan(100);
    expect(tallyDifferences(await countBounded(log, id, spark.cluster), closed.truth)).toEqual([]);
    await stepUntil(engine, () => !engine.provisional);
    expect(engine.position).toEqual(closed.position);
    expect(tallyDifferences(engine.tally(), closed.truth)).toEqual([]);
    expect(engine.complete).toBe(true);
    expect(await runningCounts(log, id)).toEqual([]);

    await writeLines(log, id, PARTITIONS, lines.slice(0, 100));
    const late = await countInProcess(log, id);
    expect(late.truth.outcomes.late).toBe(closed.truth.outcomes.late + 100);
    skewMs = 3_600_000;
    expect(tallyDifferences(await followTo(engine, late.position), late.truth)).toEqual([]);
  }, 300_000);
});
