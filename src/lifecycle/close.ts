import type { Log } from '../ports/log.ts';
import { encodeEvent } from '../topics/events.ts';
import { topicName } from '../topics/topics.ts';
import type { LifeReader } from './life-reader.ts';

/**
 * Closes the polls where `ballots` ends now; what is appended from then on is late. Resolves with the closing offsets,
 * by partition: those of the first close, if the election was closed already.
 */
export async function closeElection(log: Log, reader: LifeReader): Promise<readonly number[]> {
  await reader.catchUp();
  const { election, partitions, closed } = reader.life;
  if (closed !== undefined) return closed;
  const ballots = await Promise.all(
    Array.from({ length: partitions }, (_, partition) => log.end(topicName(election.id, 'ballots'), partition)),
  );
  await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent({ type: 'closed', ballots }) }]);
  await reader.catchUp();
  return reader.life.closed ?? ballots;
}
