import { randomUUID } from 'node:crypto';
import type { Election } from '../../election/election.ts';
import { LivetallyError } from '../../error.ts';
import type { LifeReader } from '../../lifecycle/life-reader.ts';
import type { Log } from '../../ports/log.ts';
import { encodeEvent } from '../../topics/events.ts';
import type { Issue } from '../../topics/life.ts';
import { topicName } from '../../topics/topics.ts';
import { allocate } from './issue.ts';

/** Others write an event now and then; whoever finds one in the way so often would not find an end. */
const ATTEMPTS = 20;

/**
 * Hands out serials to people of a source, so many in each unit: writes an issue for where the events end, as `reader`
 * has read them, and reads it back. Resolves once it is durable and valid; from then on codes of its serials may be used.
 *
 * Where another event came first the issue is void, and is written again behind it. Resolves with nothing, and nothing is
 * handed out, when that was another issue: the people and serials are not those that the caller saw. Throws LT_USAGE when
 * the polls are closed, or when there is no getting through. Nobody else may use the reader meanwhile.
 */
export async function appendIssue(
  log: Log,
  reader: LifeReader,
  source: string,
  wanted: ReadonlyMap<number, number>,
): Promise<Issue | undefined> {
  const by = randomUUID();
  const newest = (): Issue | undefined => reader.life.issues.at(-1);
  const known = newest();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await reader.catchUp();
    if (newest() === known) {
      const offset = await appendAtEnd(log, reader, { source, wanted, by });
      // Not of interest what comes behind it.
      await reader.catchUp(offset + 1);
    }
    // By its mark and not by its offset: one that was written twice is valid where it stands first.
    if (newest() !== known) return newest()?.by === by ? newest() : undefined;
  }
  throw crowded(reader.life.election);
}

/** Resolves with where it stands, or stands once more. */
async function appendAtEnd(
  log: Log,
  reader: LifeReader,
  { source, wanted, by }: { source: string; wanted: ReadonlyMap<number, number>; by: string },
): Promise<number> {
  requireOpenRoll(reader);
  const { election, roll, registered } = reader.life;
  const people = [...wanted.values()].reduce((sum, some) => sum + some, 0);
  const value = encodeEvent({
    type: 'issued',
    // Never more than was read, also where the log ends behind a hole: then the next attempt stands behind both.
    at: reader.position,
    source,
    upTo: (registered.get(source) ?? 0) + people,
    runs: allocate(roll, wanted),
    by,
  });
  return log.append(topicName(election.id, 'events'), 0, [{ value }]);
}

/** Throws LT_USAGE when the polls are closed. */
export function requireOpenRoll({ life: { election, closed } }: LifeReader): void {
  if (closed === undefined) return;
  throw new LivetallyError('LT_USAGE', `The election ${titleOf(election)} is closed: new codes could not vote.`, {
    next: 'Start a new election, with an id of its own.',
  });
}

function crowded(election: Election): LivetallyError {
  return new LivetallyError('LT_USAGE', `Others keep writing to the events of ${titleOf(election)}.`, {
    next: 'When they have ended, run this again: it goes on where it was.',
  });
}

export function titleOf({ id, title }: Election): string {
  return `${id} (${title})`;
}
