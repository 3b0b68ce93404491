import type { Log } from '../ports/log.ts';
import { encodeEvent } from '../topics/events.ts';
import { topicName } from '../topics/topics.ts';
import { ballotEnds } from './ballot-ends.ts';
import type { LifeReader } from './life-reader.ts';

/**
 * Closes the polls where `ballots` ends now; what is appended from then on is late. Resolves with the closing offsets,
 * by partition: those of the first close, if the election was closed already.
 */
export async function closeElection(log: Log, reader: LifeReader): Promise<readonly number[]> {
  await reader.catchUp();
  const { election, partitions, closed } = reader.life;
  if (closed !== undefined) return closed;
  const ballots = await ballotEnds(log, election.id, partitions);
  await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent({ type: 'closed', ballots }) }]);
  await reader.catchUp();
  return reader.life.closed ?? ballots;
}
