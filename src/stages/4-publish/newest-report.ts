import type { Report } from '../../election/report.ts';
import type { Log } from '../../ports/log.ts';
import { createReportReader } from '../../topics/results.ts';
import { topicName } from '../../topics/topics.ts';

/** The newest whole report in `results`; undefined before the first. `contests` is how many the election has. */
export async function newestReport(log: Log, electionId: string, contests: number): Promise<Report | undefined> {
  const topic = topicName(electionId, 'results');
  const end = await log.end(topic, 0);
  // A report is one record a contest and one more; twice that holds a whole one wherever a crash cut.
  let offset = Math.max(0, end - 2 * (contests + 1));
  const reader = createReportReader();
  let newest: Report | undefined;
  while (offset < end) {
    const [fetched] = await log.fetch(topic, [offset]);
    if (fetched === undefined) break;
    for (const record of fetched.records) newest = reader.take(record) ?? newest;
    offset = fetched.next;
  }
  return newest;
}
