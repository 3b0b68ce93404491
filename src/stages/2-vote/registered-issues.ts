import { unitIndex } from '../../election/roll.ts';
import type { BallotSpace } from '../../election/space.ts';
import type { Log } from '../../ports/log.ts';
import { decodeEvent, isVoid, peopleOf, type Issued } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import { decodeRegistration } from '../../topics/voters.ts';
import type { RegisteredRuns } from './casts.ts';
import { createTopicReader, type TopicReader } from './topic-reader.ts';

/** How far issues and the registrations of their people have been read: the next offsets. */
export interface FollowPoint {
  readonly events: number;
  readonly voters: number;
}

/** An issue all of whose people have registered. */
export interface RegisteredIssue extends RegisteredRuns {
  /** Reading again from here gives this issue again. */
  readonly start: FollowPoint;
  /** After it. */
  readonly end: FollowPoint;
}

export interface FollowOptions {
  readonly log: Log;
  readonly electionId: string;
  readonly space: BallotSpace;
  readonly from: FollowPoint;
  /** Wait for more at the end, until the signal aborts or the election closes. */
  readonly follow: boolean;
}

const WAIT_MS = 1000;

/**
 * Issues in the order of the events, each once the registrations of its people have come: an issue is durable before
 * them, and both are in the same order. Holds the numbers of one issue, whatever the size of the roll.
 */
export async function* registeredIssues(options: FollowOptions, signal: AbortSignal): AsyncGenerator<RegisteredIssue> {
  const { log, electionId, space, from } = options;
  const waitMs = options.follow ? WAIT_MS : 0;
  const events = createTopicReader(log, topicName(electionId, 'events'), from.events);
  const voters = createTopicReader(log, topicName(electionId, 'voters'), from.voters);
  while (!signal.aborted) {
    const start = { events: events.position, voters: voters.position };
    const record = await events.peek(waitMs, signal);
    if (record === undefined) {
      if (options.follow) continue;
      return;
    }
    const event = decodeEvent(record.value, record.offset);
    if (event.type === 'closed') return;
    // One that is void hands out nothing, and nobody registers by it.
    if (event.type === 'issued' && !isVoid(event, record.offset)) {
      const registered = await countRegistered(event, voters, space, waitMs, signal);
      if (registered === undefined) return;
      yield { runs: event.runs, registered, start, end: { events: record.offset + 1, voters: voters.position } };
    }
    events.take();
  }
}

/** By unit; undefined when more may come and nobody waits for them. */
async function countRegistered(
  issued: Issued,
  voters: TopicReader,
  space: BallotSpace,
  waitMs: number,
  signal: AbortSignal,
): Promise<Map<number, number> | undefined> {
  const { source, upTo } = issued;
  const from = upTo - peopleOf(issued);
  const counts = new Map<number, number>();
  for (let next = from; next < upTo;) {
    const record = await voters.peek(waitMs, signal);
    if (record === undefined) {
      if (waitMs > 0 && !signal.aborted) continue;
      return undefined;
    }
    const { source: whose, index, place, cohort } = decodeRegistration(record.value);
    // Of a later issue: the registrations in between are gone, the log keeps them for some days only.
    if (whose !== source || index >= upTo) break;
    voters.take();
    // Of an issue before, or in the log for the second time.
    if (index < next) continue;
    next = index + 1;
    const unit = unitIndex(space, place, cohort);
    if (unit !== undefined) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  return counts;
}
