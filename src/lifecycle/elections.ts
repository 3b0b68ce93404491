import type { Log } from '../ports/log.ts';
import { electionOf, TOPIC_PREFIX } from '../topics/topics.ts';

/** The ids of the elections that a log holds, in order: those that have a topic for their events. */
export async function electionIds(log: Log): Promise<string[]> {
  const names = await log.topics(TOPIC_PREFIX);
  return names.flatMap((name) => electionOf(name, 'events') ?? []).sort();
}
