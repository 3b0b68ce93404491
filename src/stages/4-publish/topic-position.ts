import type { DatabaseSession, Database } from '../../ports/database.ts';
import type { Logger } from '../../ports/effects.ts';
import type { Log } from '../../ports/log.ts';
import { topicName, type Topic, VOTERS_PARTITIONS } from '../../topics/topics.ts';

/** What the database follows, and the partitions of each. */
const FOLLOWED: Readonly<Record<FollowedTopic, number>> = { events: 1, voters: VOTERS_PARTITIONS, results: 1 };
export type FollowedTopic = Exclude<Topic, 'ballots'>;

/** How far one partition of a topic is in the database: a row of `projections`. */
export interface TopicPosition {
  readonly election: string;
  readonly topic: FollowedTopic;
  readonly partition: number;
  readonly topicId: string;
  /** The offset of the next record to read. */
  readonly offset: number;
}

/**
 * Where the database stands. When it holds another log's records (the topic was made anew, or ends before the
 * position), everything of the election is deleted, and it stands at the start.
 */
export async function loadPositions(
  log: Log,
  database: Database,
  election: string,
  logger: Logger,
): Promise<TopicPosition[]> {
  const starts = await startPositions(log, election);
  const found = positionsFrom(await storedPositions(database, election), starts);
  if ((await foreignTopic(log, found, starts)) === undefined) return found;
  return database.transaction(async (session) => {
    // Whoever moves a position on waits; and another process may have emptied the database by now, and begun to fill it.
    await session.script('LOCK TABLE projections IN EXCLUSIVE MODE');
    const now = positionsFrom(await storedPositions(session, election), starts);
    const topic = await foreignTopic(log, now, starts);
    if (topic === undefined) return now;
    logger.warn({ election, topic }, 'The database is of another log; it is emptied and rebuilt.');
    await emptyElection(session, election);
    return starts;
  });
}

/** Where the database stands and where the log ends, changing nothing. */
export async function readPositions(
  log: Log,
  database: Database,
  election: string,
): Promise<(TopicPosition & { readonly end: number })[]> {
  const stored = await storedPositions(database, election);
  const starts = await startPositions(log, election);
  return Promise.all(
    starts.map(async (start) => {
      const position = stored.find((one) => samePartition(one, start) && one.topicId === start.topicId) ?? start;
      return { ...position, end: await log.end(topicName(election, start.topic), start.partition) };
    }),
  );
}

function positionsFrom(stored: readonly TopicPosition[], starts: readonly TopicPosition[]): TopicPosition[] {
  return starts.map((start) => stored.find((position) => samePartition(position, start)) ?? start);
}

/** The first topic of which the database holds what the log does not. */
async function foreignTopic(
  log: Log,
  positions: readonly TopicPosition[],
  starts: readonly TopicPosition[],
): Promise<FollowedTopic | undefined> {
  for (const [at, { election, topic, partition, topicId, offset }] of positions.entries()) {
    const end = await log.end(topicName(election, topic), partition);
    if (topicId !== starts[at]!.topicId || offset > end) return topic;
  }
  return undefined;
}

/**
 * Moves the position on, in the transaction that writes the rows in between. False, and nothing is to be written,
 * when the database is not at `from` any more: another process projects the same election.
 */
export async function advance(session: DatabaseSession, from: TopicPosition, offset: number): Promise<boolean> {
  const key = [from.election, from.topic, from.partition, from.topicId];
  await session.query(
    `INSERT INTO projections (election, topic, partition, topic_id, position) VALUES ($1, $2, $3, $4, 0)
     ON CONFLICT DO NOTHING`,
    key,
  );
  const moved = await session.query(
    `UPDATE projections SET position = $6
     WHERE (election, topic, partition, topic_id, position) = ($1, $2, $3, $4, $5) RETURNING position`,
    [...key, from.offset, offset],
  );
  return moved.length === 1;
}

async function startPositions(log: Log, election: string): Promise<TopicPosition[]> {
  const starts: TopicPosition[] = [];
  for (const topic of Object.keys(FOLLOWED) as FollowedTopic[]) {
    const topicId = await log.topicId(topicName(election, topic));
    for (let partition = 0; partition < FOLLOWED[topic]; partition++) {
      starts.push({ election, topic, partition, topicId, offset: 0 });
    }
  }
  return starts;
}

async function storedPositions(database: Pick<DatabaseSession, 'query'>, election: string): Promise<TopicPosition[]> {
  return database.query<TopicPosition>(
    `SELECT election, topic, partition, topic_id AS "topicId", position AS "offset" FROM projections WHERE election = $1`,
    [election],
  );
}

function samePartition(one: TopicPosition, other: TopicPosition): boolean {
  return one.topic === other.topic && one.partition === other.partition;
}

/** Every table with rows of an election. */
const TABLES = [
  'projections',
  'voters',
  'archived_rest_votes, archived_rest, archived_ballots, archived_groups, archives',
  'results, contest_counts, turnout, reports',
  'candidates, contests, cohorts, places, elections',
].join(', ');

/** Row by row only where other elections have to stay: deleting is slower than the rebuilding that follows. */
async function emptyElection(session: DatabaseSession, election: string): Promise<void> {
  const others = await session.query('SELECT id FROM elections WHERE id <> $1 LIMIT 1', [election]);
  // By name, as CASCADE would empty also what somebody else has tied to these tables.
  if (others.length === 0) return session.script(`TRUNCATE ${TABLES}`);
  for (const table of ['projections', 'voters']) {
    await session.query(`DELETE FROM ${table} WHERE election = $1`, [election]);
  }
  await session.query('DELETE FROM elections WHERE id = $1', [election]); // what refers to it goes with it
}
