import { describe, expect, it } from 'vitest';
import { parseElection } from '../../src/election/definition.ts';
import type { Election } from '../../src/election/election.ts';
import type { IssuedRun } from '../../src/election/roll.ts';
import { ballotSpace } from '../../src/election/space.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import { encodeEvent } from '../../src/topics/events.ts';
import { topicName } from '../../src/topics/topics.ts';
import { countBounded, countInProcess, followTo, openFollowing } from '../count-everywhere.ts';
import { likelyLines } from '../likely-lines.ts';
import { ODD_ELECTIONS } from '../odd-elections.ts';
import { BROKERS, brokerLog, freshId, need } from '../real-systems.ts';
import { sparkCluster } from '../spark-cluster.ts';
import { tallyDifferences } from '../tally-differences.ts';
import { writeLines } from '../write-lines.ts';

const LINES = 3000;

const isThere = need({ broker: true, spark: true }, 'elections of every kind were not counted on a cluster');

describe.skipIf(!isThere)('any election', () => {
  const { address } = BROKERS[0] ?? { address: '' };

  it.each(ODD_ELECTIONS.map((odd, seed) => ({ ...odd, seed })))(
    '[E1] [E7] [E8] has the same tally on every engine: $what',
    async ({ partitions, election: odd, seed }) => {
      const id = freshId('odd');
      const election = parseElection(JSON.stringify({ ...odd, id }), 'odd.yaml');
      await using under = await brokerLog(address, id);
      await using spark = sparkCluster(address, id);
      const { log } = under;
      const { position: at } = await defineElection(log, election, partitions);
      const runs = someRuns(election);
      const upTo = runs.reduce((sum, [, count]) => sum + count, 0);
      const issued = encodeEvent({ type: 'issued', at, source: 'test', upTo, runs });
      await log.append(topicName(id, 'events'), 0, [{ value: issued }]);
      await writeLines(log, id, partitions, likelyLines(election, runs, LINES, seed));

      const { truth, position } = await countInProcess(log, id);
      expect(truth.outcomes.counted).toBeGreaterThan(LINES / 4);
      expect(truth.outcomes.repeat).toBeGreaterThan(LINES / 20);
      const { partition, ...invalid } = truth.invalid;
      for (const number of Object.values(invalid)) expect(number).toBeGreaterThan(0);
      expect(partition > 0).toBe(partitions > 1);
      expect(tallyDifferences(await countBounded(log, id, spark.cluster), truth)).toEqual([]);
      await using following = await openFollowing(log, id, spark.cluster);
      expect(tallyDifferences(await followTo(following.engine, position), truth)).toEqual([]);
    },
    300_000,
  );
});

/** Serials of up to seven places with a cohort, some in part of an extent, some in more than one. */
function someRuns(election: Election): IssuedRun[] {
  const { places, cohorts } = ballotSpace(election);
  const units = places.flatMap((place) => cohorts.map((cohort) => [place, cohort] as const));
  const step = Math.max(1, Math.floor(units.length / 7));
  return units
    .filter((_unit, at) => at % step === 0)
    .map(([place, cohort], at) => [at * 2048, 200 + 150 * at, place, cohort]);
}
