import type { Log } from '../ports/log.ts';
import { encodeEvent } from '../topics/events.ts';
import { topicName } from '../topics/topics.ts';
import type { LifeReader } from './life-reader.ts';

/** Opens the polls. Resolves with whether it did: an election that is open, or closed already, stays as it is. */
export async function openElection(log: Log, reader: LifeReader): Promise<boolean> {
  await reader.catchUp();
  const { election, opened, closed } = reader.life;
  if (opened || closed !== undefined) return false;
  const event = { type: 'opened', ballots: await log.topicId(topicName(election.id, 'ballots')) } as const;
  await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent(event) }]);
  await reader.catchUp();
  return true;
}
