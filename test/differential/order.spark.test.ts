import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountSql } from '../../src/adapters/spark/count-sql.ts';
import type { Tally } from '../../src/election/tally.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import type { Position } from '../../src/topics/position.ts';
import { openChangedCount, type ChangedCount, type Changes } from '../changed-count.ts';
import { fillCorpus } from '../fill-corpus.ts';
import { BROKERS, brokerLog, freshId, need, type LogOfTest } from '../real-systems.ts';
import { removeCheckpoints } from '../spark-cluster.ts';
import { tallyDifferences } from '../tally-differences.ts';
import { corpusElection, NEVER_FIRST, truthCorpus } from '../truth-corpus.ts';

const PARTITIONS = 4;
const LINES = 100_000;
const PATIENCE_MS = 300_000;
const NO_BROADCAST = { 'spark.sql.autoBroadcastJoinThreshold': '-1' };
const CUT_UP: Changes = { options: { minPartitions: String(8 * PARTITIONS) } };
/** By the extent, for a join: lines without one change places with others. */
const SORTED: Changes = { sql: withoutHint, settings: NO_BROADCAST };

const isThere = need({ broker: true, spark: true }, 'whether the order of ballots is kept on a cluster');

describe.skipIf(!isThere)(
  'the first ballot of a serial, among repeats that contradict it',
  () => {
    const { address } = BROKERS[0] ?? { address: '' };
    const election = corpusElection(freshId('order'));
    let under: LogOfTest;
    let truth: Tally;
    let position: Position;

    beforeAll(async () => {
      under = await brokerLog(address, election.id);
      await defineElection(under.log, election, PARTITIONS);
      await fillCorpus(under.log, election.id, truthCorpus(election, PARTITIONS, LINES, 2));
      ({ tally: truth, position } = await recount(under.log, election.id));
    });
    afterAll(async () => {
      await under[Symbol.asyncDispose]();
      await removeCheckpoints(election.id);
    });

    it('[E3] is the one that Spark counts', async () => {
      await using count = await open({});
      expect(await count.explain()).toContain('BroadcastHashJoin');
      expect(tallyDifferences(await count.followed(), truth)).toEqual([]);
    });

    it.each([
      ['when a partition is cut up between tasks', CUT_UP],
      ['when the roll is not broadcast', SORTED],
    ])('[E3] is not, %s: these tests see that', async (_why, changes: Changes) => {
      await using count = await open(changes);
      const tally = await count.followed();
      // Whoever looks at sums alone sees nothing.
      expect(tally.outcomes).toEqual(truth.outcomes);
      expect(tally.invalid).toEqual(truth.invalid);
      expect(votesOfNeverFirst(tally)).toBeGreaterThan(0);
    });

    it('[E3] [E6] is the one that is counted up to a position, in whatever order the lines come', async () => {
      await using count = await open({ ...CUT_UP, ...SORTED });
      expect(tallyDifferences(await count.bounded(position), truth)).toEqual([]);
    });

    it.each([
      ['without the hint', SORTED],
      [
        'on a cluster that takes no hints',
        { settings: { ...NO_BROADCAST, 'spark.sql.optimizer.disableHints': 'true' } },
      ],
    ])('[E3] is lost by no plan that is run: it is refused %s', async (_why, changes: Changes) => {
      await using count = await open(changes);
      await expect(count.explain()).rejects.toMatchObject({ code: 'LT_SPARK' });
    });

    function open(changes: Changes): Promise<ChangedCount> {
      return openChangedCount(under.log, election.id, address, changes);
    }
  },
  PATIENCE_MS,
);

function withoutHint(sql: CountSql): CountSql {
  const lines = sql.lines.replace('/*+ BROADCAST(roll) */', '');
  if (lines === sql.lines) throw new Error('There is no such hint.');
  return { ...sql, lines };
}

function votesOfNeverFirst({ cells }: Tally): number {
  return NEVER_FIRST.reduce((sum, candidate) => sum + (cells.get(`mayor * * ${candidate}`) ?? 0), 0);
}
