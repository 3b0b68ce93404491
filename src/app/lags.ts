import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LivetallyError } from '../error.ts';
import type { Report } from '../election/report.ts';
import { ballotEnds } from '../lifecycle/ballot-ends.ts';
import { findUnfinished } from '../stages/1-register/unfinished.ts';
import { readSimulatorPoint } from '../stages/2-vote/simulator-cursor.ts';
import { countJob } from '../stages/3-tally/count-job.ts';
import { readWrittenCells } from '../stages/3-tally/written-cells.ts';
import { readPositions } from '../stages/4-publish/topic-position.ts';
import { parsePosition } from '../topics/position.ts';
import { topicName } from '../topics/topics.ts';
import { dataFiles } from './compose.ts';
import type { Session } from './session.ts';

/** How far one stage is behind what it reads. */
export interface Lag {
  readonly stage: 'register' | 'vote' | 'tally' | 'cluster' | 'database';
  /** Null: nobody can tell from here. */
  readonly behind: number | null;
  /** What it is counted in, or why nobody can tell. */
  readonly of: string;
}

/** In the order of the flow. `data` is where stages on this machine keep what they keep. */
export async function lagsOf(session: Session, data: string, report: Report | undefined): Promise<Lag[]> {
  return [
    await registerLag(session),
    await voteLag(session, data),
    await tallyLag(session, report),
    ...(await clusterLag(session)),
    await databaseLag(session),
  ];
}

async function registerLag({ log, reader }: Session): Promise<Lag> {
  const unfinished = await findUnfinished(log, reader.life);
  const behind = unfinished.reduce((people, { missingFrom, upTo }) => people + upTo - missingFrom, 0);
  return { stage: 'register', behind, of: 'people with a serial and no registration yet' };
}

/** Simulators keep on their own machine how far they are. The one that is furthest behind tells. */
async function voteLag({ log, election, systems }: Session, data: string): Promise<Lag> {
  const logId = await log.topicId(topicName(election.id, 'events'));
  const folders = systems.log === 'embedded' ? [data] : await voteFolders(data);
  const points = await Promise.all(
    folders.map((folder) => readSimulatorPoint(dataFiles(folder).simulatorCursor, logId)),
  );
  const known = points.flatMap((point) => point?.voters ?? []);
  if (known.length === 0) return { stage: 'vote', behind: null, of: 'no simulator has voted from this data folder' };
  const end = await log.end(topicName(election.id, 'voters'), 0);
  return { stage: 'vote', behind: end - Math.min(...known), of: 'registrations that no simulator here has asked yet' };
}

async function voteFolders(data: string): Promise<string[]> {
  const names = await readdir(data).catch(() => []);
  return names
    .filter((name) => name === 'vote' || name.startsWith('vote-') || name === 'start')
    .map((name) => join(data, name));
}

async function tallyLag({ log, reader, election }: Session, report: Report | undefined): Promise<Lag> {
  const { partitions } = reader.life;
  const ends = await ballotEnds(log, election.id, partitions);
  const done = parsePosition(report?.position ?? '');
  const ballots = ends.reduce((sum, end, partition) => sum + end - (done?.ballots[partition] ?? 0), 0);
  const behind = ballots + reader.position - (done?.events ?? 0);
  return { stage: 'tally', behind, of: 'records that no published report covers' };
}

/** Of the run that follows the log on a cluster, where one is named; when the polls are closed none does. */
async function clusterLag(session: Session): Promise<Lag[]> {
  const { log, election, reader } = session;
  const { life } = reader;
  const cluster = await session.cluster();
  if (cluster === undefined || life.closed !== undefined) return [];
  const { cells } = await readWrittenCells(log, life, await cluster.runOf(await countJob(log, life)));
  const ends = await ballotEnds(log, election.id, life.partitions);
  const behind = ends.reduce((sum, end, partition) => sum + end - cells.reached[partition]!, 0);
  return [{ stage: 'cluster', behind, of: 'records of ballots that the cluster has not counted' }];
}

async function databaseLag(session: Session): Promise<Lag> {
  const { log, election, systems } = session;
  if (systems.database === 'none') return { stage: 'database', behind: null, of: 'no database is named' };
  // To open the embedded one takes seconds, and makes it where there is none.
  if (systems.database === 'embedded') return { stage: 'database', behind: null, of: 'see `livetally doctor`' };
  try {
    const positions = await readPositions(log, await session.database(), election.id);
    const behind = positions.reduce((sum, { offset, end }) => sum + end - offset, 0);
    return { stage: 'database', behind, of: 'records that are not in it' };
  } catch (error) {
    if (!(error instanceof LivetallyError)) throw error;
    return { stage: 'database', behind: null, of: error.message };
  }
}
