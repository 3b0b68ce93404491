import { LivetallyError } from '../../error.ts';
import type { Relation } from './connect/gen/spark-connect_pb.ts';
import type { SparkSession } from './connect/session.ts';

/**
 * Spark's plan, which keeps the lines of a partition in their order until the first of each serial is chosen: the roll is
 * joined by broadcast. Any other join sorts or shuffles, and counts later ballots without a word. Throws LT_SPARK.
 */
export async function explainInOrder(session: SparkSession, plan: Relation): Promise<string> {
  const explained = await session.explain(plan, 'simple');
  if (/\bBroadcastHashJoin\b/.test(explained) && !/\b(?:SortMergeJoin|ShuffledHashJoin)\b/.test(explained))
    return explained;
  throw new LivetallyError(
    'LT_SPARK',
    'The cluster would not keep the ballots in order: it does not join the roll by broadcast.',
    {
      next: 'Take out of its configuration what keeps it from that (hints, join strategies), or count in this process: leave SPARK_REMOTE away.',
    },
  );
}
