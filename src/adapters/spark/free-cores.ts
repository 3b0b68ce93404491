import { LivetallyError } from '../../error.ts';
import type { SparkSession } from './connect/session.ts';
import { sqlOver } from './relations.ts';

/** Too small to take time, and yet work for an executor: what Spark can answer by itself says nothing of the cluster. */
const WORK = 'SELECT count(*) FROM range(0, 2, 1, 2)';

/** Waits for a core until the signal. Throws LT_SPARK_AWAY, since cores come free. */
export async function requireCores(session: SparkSession, signal: AbortSignal): Promise<void> {
  try {
    for await (const _chunk of session.rows(sqlOver(WORK, {}), signal));
  } catch (error) {
    if (signal.aborted) throw noCores(error);
    throw error;
  }
}

function noCores(cause: unknown): LivetallyError {
  return new LivetallyError('LT_SPARK_AWAY', 'The Spark cluster has no free core: a small job got no answer.', {
    next: 'See in the pages of the cluster whether workers are there and who has their cores; spark.cores.max limits what one application takes.',
    cause,
  });
}
