import { Producer } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import type { Serial } from '../../src/election/ids.ts';
import { defineElection } from '../../src/lifecycle/define.ts';
import { ballotLine } from '../../src/topics/ballots.ts';
import { encodeEvent } from '../../src/topics/events.ts';
import { topicName } from '../../src/topics/topics.ts';
import { countBounded, countInProcess, followTo, openFollowing } from '../count-everywhere.ts';
import { hostileRecords } from '../hostile-records.ts';
import { BROKERS, brokerLog, freshId, need } from '../real-systems.ts';
import { smallElection } from '../small-election.ts';
import { sessionName, sparkCluster } from '../spark-cluster.ts';
import { workFor } from '../spark-pages.ts';
import { tallyDifferences } from '../tally-differences.ts';

const PARTITIONS = 2;
const PEOPLE = 2000;

const isThere = need({ broker: true, spark: true }, 'whether a line can end the count on a cluster');

describe.skipIf(!isThere)('lines that are made to end a count', () => {
  const { address } = BROKERS[0] ?? { address: '' };
  const election = smallElection({ id: freshId('hostile') });
  const ballots = topicName(election.id, 'ballots');

  it('[E1] [E7] [E8] are broken lines to every engine, and the count goes on', async () => {
    await using under = await brokerLog(address, election.id);
    const { log } = under;
    await using spark = sparkCluster(address, election.id);
    const { position: at } = await defineElection(log, election, PARTITIONS);
    const runs = [[0, PEOPLE, 'n1', '18-64|f']] as const;
    const issued = encodeEvent({ type: 'issued', at, source: 'test', upTo: PEOPLE, runs });
    await log.append(topicName(election.id, 'events'), 0, [{ value: issued }]);

    let next = 0;
    const records = hostileRecords(() => PARTITIONS * next++);
    for (const { value } of records) await log.append(ballots, 0, [{ value }]);
    await writeNothing(address, ballots);
    expect(next * PARTITIONS).toBeLessThan(PEOPLE);

    const { truth, position } = await countInProcess(log, election.id);
    const counted = records.reduce((sum, record) => sum + record.ballots, 0);
    const form = records.reduce((sum, { broken }) => sum + broken, 0);
    expect(truth).toMatchObject({ outcomes: { counted, invalid: form }, invalid: { form } });
    expect(tallyDifferences(await countBounded(log, election.id, spark.cluster), truth)).toEqual([]);

    await using following = await openFollowing(log, election.id, spark.cluster);
    const { engine } = following;
    expect(tallyDifferences(await followTo(engine, position), truth)).toEqual([]);
    const ordinary = ballotLine(1 as Serial, 'n1', '18-64|f', [['mayor', ['bob']]]);
    await log.append(ballots, 1, [{ value: Buffer.from(`${ordinary}\n`) }]);
    const after = await countInProcess(log, election.id);
    expect(after.truth.outcomes.counted).toBe(counted + 1);
    expect(tallyDifferences(await followTo(engine, after.position), after.truth)).toEqual([]);
    const work = await workFor(await sessionName(log, election.id));
    expect([...work.values()].reduce((sum, { failed }) => sum + failed, 0)).toBe(0);
  }, 600_000);
});

/** A record without a value, as a topic that is compacted has them. */
async function writeNothing(address: string, topic: string): Promise<void> {
  const producer = new Producer({ clientId: 'stranger', bootstrapBrokers: [address], retries: 5 });
  await producer.send({ messages: [{ topic, partition: 0, key: Buffer.from('key') }], acks: -1 });
  await producer.close();
}
