import type { CountJob } from '../../ports/cluster.ts';
import { requireBrokers } from './brokers-reached.ts';
import type { SparkSession } from './connect/session.ts';
import type { KafkaOptions } from './count-plan.ts';
import { requireCores } from './free-cores.ts';

/** Enough for executors that are just being started, and for a batch that has their cores. */
const PATIENCE_MS = 7000;

/**
 * Whether the cluster works and reaches the brokers, by two small jobs: a count that lacks either waits without a word, or
 * for minutes. Without cores nothing can be said of the brokers. Throws LT_SPARK_AWAY, LT_SPARK, LT_SPARK_ACCESS.
 */
export async function requireWork(session: SparkSession, job: CountJob, kafka: KafkaOptions): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const jobs = [requireCores(session, signal), requireBrokers(session, job, kafka, signal)];
  for (const outcome of await Promise.allSettled(jobs)) if (outcome.status === 'rejected') throw outcome.reason;
}
