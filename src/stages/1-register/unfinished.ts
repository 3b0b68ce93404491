import type { IssuedRun } from '../../election/roll.ts';
import type { Log } from '../../ports/log.ts';
import { decodeEvent, type Event } from '../../topics/events.ts';
import { topicName } from '../../topics/topics.ts';
import { decodeRegistration, type Registration } from '../../topics/voters.ts';

/** People of one source who have serials, by index: `from` inclusive, `upTo` exclusive. */
export interface Issue {
  readonly source: string;
  readonly from: number;
  readonly upTo: number;
  readonly runs: readonly IssuedRun[];
}

/** An issue of which some or all people are not in `voters`. */
export interface UnfinishedIssue extends Issue {
  /** The first who is missing; all after it are missing too. */
  readonly missingFrom: number;
}

/** A register writes the registrations of one issue while it appends the next, so that no more than two can be cut off. */
const ISSUES_IN_FLIGHT = 2;

/**
 * What a register that died left to do, oldest first. Registrations are appended in the order of issues and of
 * people, one append after the other, so the last one tells how far it came.
 */
export async function findUnfinished(log: Log, electionId: string, events: number): Promise<UnfinishedIssue[]> {
  const last = await lastRegistration(log, electionId);
  if (last === 'erased') return [];
  const unfinished: UnfinishedIssue[] = [];
  for await (const issue of issuesFromTheEnd(log, electionId, events)) {
    const reached = last?.source === issue.source ? last.index + 1 : 0;
    if (reached >= issue.upTo) break;
    unfinished.unshift({ ...issue, missingFrom: Math.max(issue.from, reached) });
    if (reached > issue.from || unfinished.length === ISSUES_IN_FLIGHT) break;
  }
  return unfinished;
}

/** The log may let go of registrations after some days; then all of them were there, or somebody gave up on them. */
async function lastRegistration(log: Log, electionId: string): Promise<Registration | 'erased' | undefined> {
  const topic = topicName(electionId, 'voters');
  const end = await log.end(topic, 0);
  if (end === 0) return undefined;
  const [fetched] = await log.fetch(topic, [end - 1]);
  const record = fetched?.records.at(-1);
  return record === undefined ? 'erased' : decodeRegistration(record.value);
}

/** How many events are read at a time. */
const EVENTS_BACK = 16;

async function* issuesFromTheEnd(log: Log, electionId: string, events: number): AsyncGenerator<Issue> {
  for (let upper = events; upper > 0; upper -= EVENTS_BACK) {
    const found = await readEvents(log, electionId, Math.max(0, upper - EVENTS_BACK), upper);
    for (const event of found.toReversed()) if (event.type === 'issued') yield issueOf(event);
  }
}

async function readEvents(log: Log, electionId: string, from: number, end: number): Promise<Event[]> {
  const events: Event[] = [];
  for (let next = from; next < end;) {
    const [fetched] = await log.fetch(topicName(electionId, 'events'), [next]);
    if (fetched === undefined) break;
    for (const { offset, value } of fetched.records) if (offset < end) events.push(decodeEvent(value, offset));
    next = fetched.next;
  }
  return events;
}

function issueOf({ source, upTo, runs }: Extract<Event, { type: 'issued' }>): Issue {
  return { source, from: upTo - runs.reduce((people, [, count]) => people + count, 0), upTo, runs };
}
