import { countJob } from '../stages/3-tally/count-job.ts';
import type { Finding } from './finding.ts';
import type { Session } from './session.ts';

/** Whether the cluster, where one is named, could count this election. */
export async function examineCluster(session: Session): Promise<readonly Finding[]> {
  const cluster = await session.cluster();
  if (cluster === undefined) return [];
  const says = await cluster.check(await countJob(session.log, session.reader.life));
  return [{ state: 'good', what: 'cluster', says }];
}
