import { describe, expect, it } from 'vitest';
import { refusal, startFakeSpark, type FakeSpark } from '../../../test/fake-spark.ts';
import { smallElection } from '../../../test/small-election.ts';
import { requireBrokers } from './brokers-reached.ts';
import { openSession } from './connect/session.ts';

const JOB = {
  rules: {
    election: smallElection(),
    partitions: 1,
    closed: undefined,
    excludedRanges: [],
    excludedSerials: new Set<never>(),
  },
  topicIds: { events: 'x', ballots: 'y' },
};
const KAFKA = { 'kafka.bootstrap.servers': 'broker:9092' };

/** Its job fails for this exception. */
function failing(exception: string): Promise<FakeSpark> {
  return startFakeSpark({
    service: {
      // eslint-disable-next-line require-yield
      async *executePlan() {
        throw refusal({ errorId: 'x' });
      },
      fetchErrorDetails: () => ({
        rootErrorIdx: 0,
        errors: [
          { errorTypeHierarchy: ['java.util.concurrent.ExecutionException'], causeIdx: 1 },
          { errorTypeHierarchy: [exception] },
        ],
      }),
    },
  });
}

async function errorOf(spark: FakeSpark, signal: AbortSignal): Promise<unknown> {
  await using session = openSession(spark.settings, 'test');
  return await requireBrokers(session, JOB, KAFKA, signal).catch((error: unknown) => error);
}

describe('a cluster that cannot read one event', () => {
  it.each<[exception: string, code: string, says: string, next: string]>([
    [
      'org.apache.kafka.common.errors.TimeoutException',
      'LT_SPARK_AWAY',
      'does not reach Kafka',
      'advertised.listeners',
    ],
    ['org.apache.kafka.common.config.ConfigException', 'LT_SPARK_AWAY', 'does not reach Kafka', 'advertised.listeners'],
    [
      'org.apache.kafka.common.errors.SaslAuthenticationException',
      'LT_SPARK',
      'cannot read from Kafka',
      'KAFKA_ settings',
    ],
    ['java.lang.ClassNotFoundException', 'LT_SPARK', 'lacks its connector', 'jars'],
    ['java.lang.OutOfMemoryError', 'LT_SPARK', 'was asked for rows and refuses', 'log of the Spark Connect server'],
  ])('[E10] for %s is named', async (exception, code, says, next) => {
    await using spark = await failing(exception);
    const error = await errorOf(spark, AbortSignal.timeout(5000));
    expect(error).toMatchObject({ code, message: expect.stringContaining(says), next: expect.stringContaining(next) });
    expect(error).toMatchObject({ message: expect.stringContaining(exception) });
  });

  it('[E10] because nobody answers it is named', async () => {
    await using spark = await startFakeSpark({
      service: {
        // eslint-disable-next-line require-yield
        async *executePlan() {
          await new Promise(() => undefined);
        },
      },
    });
    expect(await errorOf(spark, AbortSignal.timeout(100))).toMatchObject({
      code: 'LT_SPARK_AWAY',
      message: expect.stringContaining('broker:9092'),
    });
  });
});
