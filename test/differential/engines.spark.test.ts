import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyTally, type Tally } from '../../src/election/tally.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import { countTo } from '../../src/stages/3-tally/count-to.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import type { Position } from '../../src/topics/position.ts';
import { countBounded, openFollowing, stepUntil } from '../count-everywhere.ts';
import { fillCorpus } from '../fill-corpus.ts';
import { BROKERS, brokerLog, freshId, need, type LogOfTest } from '../real-systems.ts';
import { sessionName, sparkCluster, type ClusterOfTest } from '../spark-cluster.ts';
import { liveWorkers, workFor, type Work } from '../spark-pages.ts';
import { tallyDifferences } from '../tally-differences.ts';
import { BROKEN_KINDS, corpusElection, NEVER_FIRST, truthCorpus, type LineKind } from '../truth-corpus.ts';

const PARTITIONS = 4;
const LINES = 1_000_000;
/** More than all of it takes on two cores that others work on too. */
const PATIENCE_MS = 600_000;

const isThere = need({ broker: true, spark: true }, 'no ballots were counted on a cluster');

describe.skipIf(!isThere)(
  'a million ballot lines with all that can be wrong',
  () => {
    const { address } = BROKERS[0] ?? { address: '' };
    const election = corpusElection(freshId('corpus'));
    const corpus = truthCorpus(election, PARTITIONS, LINES, 1);
    const { made } = corpus;
    let under: LogOfTest;
    let spark: ClusterOfTest;
    let position: Position;
    let truth: Tally;
    /** When the bounded count was done. */
    let worked: ReadonlyMap<string, Work>;
    const seconds = { bounded: 0, followed: 0 };

    beforeAll(async () => {
      under = await brokerLog(address, election.id);
      spark = sparkCluster(address, election.id);
      await defineElection(under.log, election, PARTITIONS);
      await fillCorpus(under.log, election.id, corpus);
      ({ tally: truth, position } = await recount(under.log, election.id));
    });
    afterAll(async () => {
      await spark[Symbol.asyncDispose]();
      await under[Symbol.asyncDispose]();
      console.log(`${truth.lines} lines: bounded in ${seconds.bounded} s, followed in ${seconds.followed} s`);
    });

    it('[E1] [E3] become in process what they were made to be, each kind often enough', async () => {
      const { tally } = await countTo(under.log, election.id, position);
      expect(tallyDifferences(tally, truth)).toEqual([]);
      const { lines } = tally;
      expect(lines).toBeGreaterThan(0.98 * LINES);
      expect(tally).toMatchObject({
        outcomes: {
          ...emptyTally().outcomes,
          counted: linesOf('first'),
          repeat: linesOf('repeat'),
          invalid: expect.anything(),
        },
        invalid: {
          form: Array.from({ length: BROKEN_KINDS }, (_, way) => linesOf(`broken ${way}`)).reduce(
            (sum, some) => sum + some,
          ),
          partition: linesOf('misplaced'),
          unissued: linesOf('unissued'),
          unit: linesOf('place') + linesOf('cohort'),
        },
      });
      expect(tally.outcomes.repeat / lines).toBeGreaterThan(0.29);
      expect(tally.invalid.form / lines).toBeGreaterThan(0.0099);
      for (const kind of ['place', 'cohort', 'unissued', 'misplaced'] as const) {
        expect(linesOf(kind) / lines, kind).toBeGreaterThan(0.0049);
      }
      expect(BROKEN_KINDS).toBe(16);
      for (let way = 0; way < BROKEN_KINDS; way++) {
        expect(linesOf(`broken ${way}`) / lines, `broken ${way}`).toBeGreaterThan(0.0005);
      }
      expect(votesOfNeverFirst(tally)).toEqual([]);
    });

    it('[E1] [E3] [E6] give the same tally on Spark up to a position', async () => {
      const startedMs = performance.now();
      const tally = await countBounded(under.log, election.id, spark.cluster);
      seconds.bounded = secondsSince(startedMs);
      worked = await workFor(await sessionName(under.log, election.id));
      expect(tallyDifferences(tally, truth)).toEqual([]);
    });

    it('[E1] [E3] give the same tally on Spark that follows, with repeats in the record, the batch, and a later batch of their ballot', async () => {
      const startedMs = performance.now();
      await using following = await openFollowing(under.log, election.id, spark.cluster);
      const { engine } = following;
      const ends = Array.from({ length: PARTITIONS }, () => new Set<number>());
      await stepUntil(engine, () => {
        const { ballots } = engine.position;
        // A partition is shown as it was at the end of a batch.
        for (const [partition, at] of ballots.entries()) if (at > 0) ends[partition]!.add(at);
        return ballots.every((at, partition) => at === position.ballots[partition]);
      });
      seconds.followed = secondsSince(startedMs);
      expect(tallyDifferences(engine.tally(), truth)).toEqual([]);

      const { repeats } = made;
      for (const own of ends) expect(own.size).toBeGreaterThanOrEqual(5);
      const far = repeats.filter(({ partition, first, again }) =>
        [...ends[partition]!].some((end) => first < end && end <= again),
      );
      const inRecord = repeats.filter(({ first, again }) => first === again);
      expect(inRecord.length / LINES).toBeGreaterThan(0.05);
      expect(far.length / LINES).toBeGreaterThan(0.03);
      expect((repeats.length - inRecord.length - far.length) / LINES).toBeGreaterThan(0.05);
    });

    it('[E12] are counted by two executors at least, each on a worker of its own, and not by the driver', async () => {
      const followed = await workFor(await sessionName(under.log, election.id));
      for (const [work, before] of [
        [worked, new Map<string, Work>()],
        [followed, worked],
      ] as const) {
        expect([...work.keys()]).not.toContain('driver');
        const grown = [...work].map(([id, { tasks, ms }]) => [
          tasks - (before.get(id)?.tasks ?? 0),
          ms - (before.get(id)?.ms ?? 0),
        ]);
        const busy = grown.filter(([tasks = 0, ms = 0]) => tasks >= 4 && ms > 2000);
        expect(busy.length).toBeGreaterThanOrEqual(2);
      }
      const workers = await liveWorkers();
      expect(workers.length).toBeGreaterThanOrEqual(2);
      for (const { coresused } of workers) expect(coresused).toBeGreaterThan(0);
    });

    function linesOf(kind: LineKind): number {
      return made.lines.get(kind) ?? 0;
    }
  },
  PATIENCE_MS,
);

function votesOfNeverFirst({ cells }: Tally): string[] {
  return [...cells.keys()].filter((key) => NEVER_FIRST.some((candidate) => key.includes(candidate)));
}

function secondsSince(startedMs: number): number {
  return Math.round((performance.now() - startedMs) / 100) / 10;
}
