import type { Log } from '../ports/log.ts';
import { encodeEvent } from '../topics/events.ts';
import { formatPosition, type Position } from '../topics/position.ts';
import { topicName } from '../topics/topics.ts';
import type { LifeReader } from './life-reader.ts';

/** Counts that two engines had at one position, by which one of their runs is trusted with the results. */
export interface Agreement {
  readonly position: Position;
  /** Of both reports. */
  readonly hash: string;
}

/** Makes the reports of a run the results. Resolves with whether it did: a run that is promoted already stays so. */
export async function promoteRun(
  log: Log,
  reader: LifeReader,
  run: string,
  { position, hash }: Agreement,
): Promise<boolean> {
  await reader.catchUp();
  const { election, promoted } = reader.life;
  if (promoted === run) return false;
  const event = { type: 'promoted', run, position: formatPosition(position), hash } as const;
  await log.append(topicName(election.id, 'events'), 0, [{ value: encodeEvent(event) }]);
  await reader.catchUp();
  return true;
}
