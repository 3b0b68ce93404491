import type { CountJob } from '../../ports/cluster.ts';
import type { Log } from '../../ports/log.ts';
import type { Life } from '../../topics/life.ts';
import { topicName } from '../../topics/topics.ts';

/** What a cluster is to count, as the events say it: a copy, which later events do not change. */
export async function countJob(log: Log, life: Life): Promise<CountJob> {
  const { id } = life.election;
  const ids = (['events', 'ballots'] as const).map((topic) => log.topicId(topicName(id, topic)));
  const [events, ballots] = await Promise.all(ids);
  const { election, partitions, closed } = life;
  const excludedRanges = [...life.excludedRanges];
  const excludedSerials = new Set(life.excludedSerials);
  return {
    rules: { election, partitions, closed, excludedRanges, excludedSerials },
    topicIds: { events: events!, ballots: ballots! },
  };
}
