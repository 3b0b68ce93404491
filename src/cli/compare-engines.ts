import { setTimeout as pause } from 'node:timers/promises';
import type { Session } from '../app/session.ts';
import { IN_PROCESS, makeReport } from '../election/make-report.ts';
import type { Tally } from '../election/tally.ts';
import { LivetallyError } from '../error.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Log } from '../ports/log.ts';
import type { ClusterCells } from '../stages/3-tally/cluster-cells.ts';
import { countJob } from '../stages/3-tally/count-job.ts';
import { countOnCluster } from '../stages/3-tally/count-on-cluster.ts';
import { countTo } from '../stages/3-tally/count-to.ts';
import { readWrittenCells } from '../stages/3-tally/written-cells.ts';
import { newestReport } from '../stages/4-publish/newest-report.ts';
import type { Life } from '../topics/life.ts';
import { formatPosition, parsePosition, type Position } from '../topics/position.ts';
import type { CommandContext } from './command.ts';
import { recountWithProgress } from './recount-with-progress.ts';

type Context = Pick<CommandContext<never>, 'terminal' | 'signal'>;

/** What an engine had at a position, and what another had there. */
export interface Comparison {
  readonly run: string;
  readonly position: Position;
  readonly hash: string;
  readonly others: readonly { readonly of: string; readonly hash: string }[];
}

/** The run that follows the log, as far as it has come; once the polls are closed, its bounded count. */
export async function compareCluster(session: Session, { signal }: Context): Promise<Comparison> {
  const { log, election, reader } = session;
  const cluster = await session.cluster();
  if (cluster === undefined) throw noCluster();
  const run = await cluster.runOf(await countJob(log, reader.life));
  const { tally, position } =
    reader.life.closed === undefined
      ? await runningCount(session, run, signal)
      : await closedCount(session, cluster, signal);
  const { tally: own, life } = await countTo(log, election.id, position, signal);
  const hashOf = (counted: typeof tally): string => makeReport(counted, life, formatPosition(position), 0, false).hash;
  return { run, position, hash: hashOf(tally), others: [{ of: 'the in-process tally', hash: hashOf(own) }] };
}

async function runningCount({ log, reader }: Session, run: string, signal: AbortSignal): Promise<Counted> {
  const cells = await wholeCells(log, reader.life, run, signal);
  // Whatever issue the cluster has seen is there by now.
  await reader.catchUp();
  const position = { events: reader.position, ballots: cells.position };
  if (position.ballots.every((offset) => offset === 0)) throw notCounting();
  return { tally: cells.tally(), position };
}

/** A batch is written within a moment: so often it is asked for the end of it. */
const LOOKS = 60;
const LOOK_MS = 500;

/** What the run has written, between two batches: while one is being written, a partition of it shows nothing. */
async function wholeCells(log: Log, life: Life, run: string, signal: AbortSignal): Promise<ClusterCells> {
  for (let look = 0; look < LOOKS; look++) {
    const { cells } = await readWrittenCells(log, life, run);
    if (cells.unfinished.length === 0) return cells;
    await pause(LOOK_MS, undefined, { signal });
  }
  throw inTheMidst();
}

async function closedCount(
  { log, election, reader }: Session,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Counted> {
  const position = { events: reader.position, ballots: reader.life.closed ?? [] };
  return { ...(await countOnCluster(log, election.id, cluster, position, signal)), position };
}

type Counted = { readonly tally: Tally; readonly position: Position };

/** With what is published; and should that differ, with the separate code of the recount. */
export async function compareInProcess(
  { log, election, logSource }: Session,
  { terminal, signal }: Context,
): Promise<Comparison> {
  const published = await newestReport(log, election.id, election.contests.length);
  if (published === undefined) throw nothingPublished();
  const position = parsePosition(published.position)!;
  const { tally, life } = await countTo(log, election.id, position, signal);
  const { hash } = makeReport(tally, life, published.position, 0, false);
  const others = [{ of: 'the published report', hash: published.hash }];
  if (hash !== published.hash) {
    const again = await recountWithProgress(logSource, election.id, position, { terminal, signal });
    others.push({ of: 'the recount', hash: makeReport(again, life, published.position, 0, false).hash });
  }
  return { run: IN_PROCESS.run, position, hash, others };
}

function noCluster(): LivetallyError {
  return new LivetallyError('LT_USAGE', 'No cluster is named.', { next: 'Set SPARK_REMOTE; docs/spark.md says how.' });
}

function notCounting(): LivetallyError {
  return new LivetallyError('LT_USAGE', 'The cluster has counted nothing of this election yet.', {
    next: 'Start `livetally tally --follow` with SPARK_REMOTE, wait for its first batch, and run this again.',
  });
}

function inTheMidst(): LivetallyError {
  return new LivetallyError('LT_USAGE', 'The count on the cluster stopped in the midst of a batch.', {
    next: 'Start `livetally tally --follow` with SPARK_REMOTE, which goes on with it, and run this again.',
  });
}

function nothingPublished(): LivetallyError {
  return new LivetallyError('LT_USAGE', 'Nothing is published yet, so that there is nothing to compare with.', {
    next: 'Without a promotion whoever counts publishes: run `livetally tally`.',
  });
}
