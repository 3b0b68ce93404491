import type { RunProgress } from '../../ports/cluster.ts';
import type { QueryProgress } from './connect/progress.ts';
import type { SparkSession } from './connect/session.ts';

/** Of the run of this name, if it runs in the session. */
export async function runningProgress(session: SparkSession, run: string): Promise<RunProgress | undefined> {
  const query = (await session.activeQueries()).find(({ name }) => name === run);
  return query === undefined ? undefined : progressOf(await session.lastProgress(query));
}

/** Nothing before the first batch. */
export function progressOf(progress: QueryProgress | undefined): RunProgress {
  const states = progress?.stateOperators;
  return {
    batch: progress?.batchId,
    batchMs: progress?.durationMs['triggerExecution'],
    recordsPerSecond: progress?.processedRowsPerSecond,
    stateRows: states?.reduce((sum, { numRowsTotal }) => sum + numRowsTotal, 0),
    stateBytes: states?.reduce((sum, { memoryUsedBytes }) => sum + memoryUsedBytes, 0),
  };
}
