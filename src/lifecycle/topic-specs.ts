import type { TopicSpec } from '../ports/log.ts';
import { topicName, VOTERS_PARTITIONS } from '../topics/topics.ts';

/** Personal data is kept no longer than it takes to issue, to vote in the demo, and to load the database. */
const VOTERS_DAYS = 30;

/** The topics of an election as they have to be for life. */
export function topicSpecs(electionId: string, partitions: number): TopicSpec[] {
  return [
    { name: topicName(electionId, 'events'), partitions: 1, retention: 'forever' },
    { name: topicName(electionId, 'voters'), partitions: VOTERS_PARTITIONS, retention: { days: VOTERS_DAYS } },
    { name: topicName(electionId, 'ballots'), partitions, retention: 'forever' },
    { name: topicName(electionId, 'results'), partitions: 1, retention: 'forever', compacted: true },
  ];
}
