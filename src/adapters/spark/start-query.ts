import { LivetallyError } from '../../error.ts';
import { namesOf, sparkErrorOf } from './connect/errors.ts';
import type { QueryId, SparkSession, StreamStart } from './connect/session.ts';

/** Starts a query, and names the folder of its checkpoints when that is what stands in the way. */
export async function startQuery(session: SparkSession, start: StreamStart): Promise<QueryId> {
  try {
    return await session.startStream(start);
  } catch (error) {
    const told = sparkErrorOf(error);
    const names = [told?.errorClass, ...(told?.causes ?? [])];
    if (told === undefined || !names.some((name) => name !== undefined && OF_FOLDER.test(name))) throw error;
    throw new LivetallyError('LT_SPARK', `The cluster cannot use the folder of its checkpoints: ${namesOf(told)}.`, {
      next: 'Check SPARK_CHECKPOINTS: the Connect server and every executor must be able to write to that folder, and have the jars for what its URL begins with.',
      cause: error,
    });
  }
}

/** A query that is being started touches no other folder. */
const OF_FOLDER = /^(?:CANNOT_LOAD_CHECKPOINT_FILE_MANAGER|java\.io\.|java\.nio\.file\.|org\.apache\.hadoop\.)/;
