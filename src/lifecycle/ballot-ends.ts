import type { Log } from '../ports/log.ts';
import { topicName } from '../topics/topics.ts';

/** Where each partition of `ballots` ends now: the offset that its next record will have. */
export function ballotEnds(log: Log, electionId: string, partitions: number): Promise<number[]> {
  const topic = topicName(electionId, 'ballots');
  return Promise.all(Array.from({ length: partitions }, (_, partition) => log.end(topic, partition)));
}
