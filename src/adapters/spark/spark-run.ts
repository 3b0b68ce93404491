import { setTimeout as pause } from 'node:timers/promises';
import { LivetallyError } from '../../error.ts';
import type { ClusterRun, RunProgress } from '../../ports/cluster.ts';
import { sparkErrorOf } from './connect/errors.ts';
import type { QueryFailure, QueryId, SparkSession, StreamStart } from './connect/session.ts';
import { explainInOrder } from './plan-order.ts';
import { progressOf } from './run-progress.ts';
import { startQuery } from './start-query.ts';

/** Failures one after the other, without a batch between them: what does not pass then will not pass. */
const FAILURES_BORNE = 3;
const FIRST_WAIT_MS = 1000;

/**
 * Keeps one query running: adopts it by its name, or starts it where its checkpoint is, and again when it fails. Others of
 * the session count for a job that is no more, and are stopped. `requireWork` throws when a query could not work. Throws
 * LT_SPARK, LT_SPARK_AWAY, LT_SPARK_ACCESS.
 */
export async function adoptOrStart(
  session: SparkSession,
  id: string,
  start: StreamStart,
  requireWork: () => Promise<void>,
): Promise<ClusterRun> {
  let query = await queryOf(session, start, requireWork);
  const server = session.serverSide;
  let failures = 0;
  let batch: number | undefined;

  async function look(): Promise<RunProgress> {
    const { isActive } = await session.status(query).catch(lostIfUnknown);
    if (session.serverSide !== server) throw lost();
    if (!isActive) await recover();
    const progress = await session.lastProgress(query).catch(lostIfUnknown);
    // A query that was started again says nothing before its first batch.
    if (progress !== undefined && progress.batchId !== batch) {
      failures = 0;
      batch = progress.batchId;
    }
    return progressOf(progress);
  }

  async function recover(): Promise<void> {
    const failure = await session.failure(query).catch(lostIfUnknown);
    if (failure === undefined) throw takenOver();
    if (failure.kind !== 'failed' || failures === FAILURES_BORNE) throw failed(failure);
    await pause(FIRST_WAIT_MS * 2 ** failures++);
    query = await startQuery(session, start).catch(lostIfUnknown);
  }

  return { id, look, stop: () => session.stop(query) };
}

async function queryOf(session: SparkSession, start: StreamStart, requireWork: () => Promise<void>): Promise<QueryId> {
  const running = await session.activeQueries();
  for (const other of running.filter(({ name }) => name !== start.queryName)) await session.stop(other);
  const adopted = running.find(({ name }) => name === start.queryName);
  if (adopted !== undefined) return adopted;
  await requireWork();
  await explainInOrder(session, start.plan);
  return startQuery(session, start);
}

/** The server has started anew, and knows nothing of the query: its checkpoint does. */
function lostIfUnknown(error: unknown): never {
  const kind = sparkErrorOf(error)?.kind;
  if (kind === 'operation-unknown' || kind === 'session-closed') throw lost(error);
  throw error;
}

function lost(cause?: unknown): LivetallyError {
  return new LivetallyError('LT_SPARK_AWAY', 'The Spark Connect server started anew, and has lost the count.', {
    next: 'The count goes on from its checkpoint when it is started again.',
    cause,
  });
}

function takenOver(): LivetallyError {
  return new LivetallyError('LT_SPARK', 'The count on the cluster was stopped, or another livetally took it over.', {
    next: 'One at a time runs the count of an election. When no other does, start this again: it goes on where it was.',
  });
}

function failed({ kind, message }: QueryFailure): LivetallyError {
  const next =
    kind === 'data-loss'
      ? 'Look with `livetally doctor` whether a topic was deleted or made anew. The in-process tally reads the log by itself.'
      : 'The log of the Spark Connect server says more. Ballots are safe; the in-process tally can count them meanwhile.';
  return new LivetallyError('LT_SPARK', `The count on the cluster failed: ${message}.`, { next });
}
