import { LivetallyError } from '../error.ts';
import type { Log } from '../ports/log.ts';
import { decodeEvent } from '../topics/events.ts';
import { applyEvent, type Life } from '../topics/life.ts';
import { topicName } from '../topics/topics.ts';

/** Follows the events of one election: whoever needs the roll or the close has a reader of its own. */
export interface LifeReader {
  /** As of `position`. Throws LT_NO_ELECTION before the election is defined. */
  readonly life: Life;
  /** The offset of the next event. */
  readonly position: number;
  /** Reads to the end of the events, or to `limit` (exclusive). Resolves with how many were new. Calls may overlap. */
  catchUp(limit?: number): Promise<number>;
}

export function createLifeReader(log: Log, electionId: string): LifeReader {
  const topic = topicName(electionId, 'events');
  let life: Life | undefined;
  let position = 0;

  async function catchUp(limit = Infinity): Promise<number> {
    const start = position;
    while (position < limit) {
      const [fetched] = await log.fetch(topic, [position]);
      if (fetched === undefined) break;
      for (const record of fetched.records) {
        if (record.offset >= limit) break;
        if (record.offset < position) continue; // another call was here meanwhile
        life = applyEvent(life, decodeEvent(record.value, record.offset), record.offset);
        position = record.offset + 1;
      }
      // Offsets may have holes: without this a hole at the limit would be asked for without end.
      position = Math.max(position, Math.min(fetched.next, limit));
    }
    return position - start;
  }

  return {
    get life(): Life {
      if (life === undefined) {
        throw new LivetallyError('LT_NO_ELECTION', `The election ${electionId} is not defined yet.`, {
          next: 'Define it with `livetally register`, or run `livetally start`.',
        });
      }
      return life;
    },
    get position(): number {
      return position;
    },
    catchUp,
  };
}
