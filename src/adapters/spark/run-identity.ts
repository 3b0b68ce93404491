import { createHash } from 'node:crypto';
import type { CountJob } from '../../ports/cluster.ts';
import { countSql } from './count-sql.ts';

/** Of what a checkpoint holds besides what the statements say: the layout of its state. */
const LAYOUT = 1;

/**
 * Names the count of a job: the same statements over the same topics, in as many partitions. Whatever else would go on with
 * a checkpoint of another count and give wrong numbers in silence has another name. A close is not part of it: it ends
 * the run, and changes nothing that was counted before.
 */
export async function runIdentity({ rules, topicIds }: CountJob): Promise<string> {
  const statements = await countSql({ ...rules, closed: undefined }, '', false);
  const { events, ballots } = topicIds;
  return createHash('sha256')
    .update(JSON.stringify([LAYOUT, rules.partitions, events, ballots, statements]))
    .digest('hex')
    .slice(0, 16);
}
