import { IN_PROCESS } from '../election/make-report.ts';
import { countJob } from '../stages/3-tally/count-job.ts';
import type { Finding } from './finding.ts';
import type { Session } from './session.ts';

/** Whether the cluster, where one is named, could count this election, and whether its count would be published. */
export async function examineCluster(session: Session): Promise<readonly Finding[]> {
  const cluster = await session.cluster();
  if (cluster === undefined) return [];
  const { life } = session.reader;
  const job = await countJob(session.log, life);
  const found: Finding = { state: 'good', what: 'cluster', says: await cluster.check(job) };
  const { promoted } = life;
  const run = await cluster.runOf(job);
  if (promoted === undefined || promoted === run || promoted === IN_PROCESS.run) return [found];
  const says = `its run is ${run} by now, and ${promoted} is promoted: nothing that it counts is published`;
  const next = 'An exclusion, or another version, made it another run. Once it has counted: `livetally promote spark`';
  return [found, { state: 'bad', what: 'cluster', says, next }];
}
