import type { Election } from '../../election/election.ts';
import type { Report } from '../../election/report.ts';
import { createLifeReader } from '../../lifecycle/life-reader.ts';
import type { Database } from '../../ports/database.ts';
import type { Logger } from '../../ports/effects.ts';
import type { Log, LogRecord } from '../../ports/log.ts';
import { createReportReader, type ReportReader } from '../../topics/results.ts';
import { topicName } from '../../topics/topics.ts';
import { writeDefinition, writeElection } from './project-election.ts';
import { writeReport } from './project-results.ts';
import { writeVoters } from './project-voters.ts';
import { advance, type FollowedTopic, type TopicPosition } from './topic-position.ts';

/** About a thousand registrations with a whole profile: 25 ms of an embedded database, which is not interrupted. */
const BATCH_BYTES = 512 * 1024;

/** The log to follow, and the database to write. */
export interface ProjectOptions {
  readonly log: Log;
  readonly database: Database;
  readonly electionId: string;
  readonly logger: Logger;
}

/** What was written to the database. */
export interface Projected {
  readonly registrations: number;
  /** Registrations left out, since SQL cannot hold them. */
  readonly refused: number;
  /** Of those that came together, the newest only. */
  readonly reports: number;
}

export const NOTHING: Projected = { registrations: 0, refused: 0, reports: 0 };

/** Brings one partition of one topic into the database. */
export interface Follower {
  /** Undefined when nothing was new; `elsewhere` when another process took the step. */
  step(): Promise<Projected | 'elsewhere' | undefined>;
}

interface EventsFollower extends Follower {
  /** As of the last step. */
  readonly election: () => Election;
}

/** One for each position, in the order in which they depend on each other: a voter's place comes with the events. */
export function createFollowers(options: ProjectOptions, positions: readonly TopicPosition[]): Follower[] {
  const of = (topic: FollowedTopic): TopicPosition[] => positions.filter((position) => position.topic === topic);
  const events = followEvents(options, of('events')[0]!);
  return [
    events,
    ...of('voters').map((position) => followVoters(options, position)),
    followResults(options, of('results')[0]!, events.election),
  ];
}

function followEvents({ log, database, electionId }: ProjectOptions, from: TopicPosition): EventsFollower {
  const reader = createLifeReader(log, electionId);
  let position = from;
  let written: Election | undefined;

  return {
    election: () => reader.life.election,
    async step() {
      await reader.catchUp();
      const { life } = reader;
      const to = reader.position;
      if (to <= position.offset) return undefined;
      const done = await database.transaction(async (session) => {
        if (!(await advance(session, position, to))) return false;
        await writeElection(session, life);
        if (life.election !== written) await writeDefinition(session, life.election);
        return true;
      });
      if (!done) return 'elsewhere';
      position = { ...position, offset: to };
      written = life.election;
      return NOTHING;
    },
  };
}

function followVoters({ log, database, electionId, logger }: ProjectOptions, from: TopicPosition): Follower {
  const topic = topicName(electionId, 'voters');
  let position = from;

  return {
    async step() {
      const [fetched] = await log.fetch(topic, only(position), { maxBytes: BATCH_BYTES });
      if (fetched === undefined) return undefined;
      const done = await writeVoters(database, position, fetched.records, fetched.next, logger);
      if (done === undefined) return 'elsewhere';
      position = { ...position, offset: fetched.next };
      return { registrations: done.written, refused: done.refused, reports: 0 };
    },
  };
}

/** Writes the newest report that is whole. Reads ahead of its position, which stays at the end of the last one written. */
function followResults(
  { log, database, electionId }: ProjectOptions,
  from: TopicPosition,
  election: () => Election,
): Follower {
  const topic = topicName(electionId, 'results');
  const reader = createReportReader();
  let position = from;
  let read = from.offset;

  return {
    async step() {
      const [fetched] = await log.fetch(topic, [read]);
      if (fetched === undefined) return undefined;
      read = fetched.next;
      const newest = newestOf(reader, fetched.records);
      if (newest === undefined) return NOTHING;
      const done = await database.transaction(async (session) => {
        if (!(await advance(session, position, newest.end))) return false;
        await writeReport(session, election(), newest.report);
        return true;
      });
      if (!done) return 'elsewhere';
      position = { ...position, offset: newest.end };
      return { ...NOTHING, reports: 1 };
    },
  };
}

/** The last whole report in the records, and the offset after it. */
function newestOf(reader: ReportReader, records: readonly LogRecord[]): { report: Report; end: number } | undefined {
  let newest: { report: Report; end: number } | undefined;
  for (const record of records) {
    const report = reader.take(record);
    if (report !== undefined) newest = { report, end: record.offset + 1 };
  }
  return newest;
}

/** Offsets for `fetch` that leave out every partition but this one. */
function only({ partition, offset }: TopicPosition): number[] {
  return [...Array.from({ length: partition }, () => -1), offset];
}
