import type { Report } from '../election/report.ts';
import type { RunProgress } from '../ports/cluster.ts';
import { LivetallyError } from '../error.ts';
import type { Log } from '../ports/log.ts';
import { countJob } from '../stages/3-tally/count-job.ts';
import { newestReport } from '../stages/4-publish/newest-report.ts';
import { lagsOf, type Lag } from './lags.ts';
import type { Session } from './session.ts';
import { topicName, TOPICS, VOTERS_PARTITIONS, type Topic } from '../topics/topics.ts';

/** How far everything is. Totals only: nothing of it depends on the results policy. */
export interface Status {
  readonly election: string;
  readonly title: string;
  readonly state: 'not open' | 'open' | 'closed';
  /** Voters with a serial. */
  readonly registered: number;
  /** In each topic, all partitions together. */
  readonly records: Readonly<Record<Topic, number>>;
  /** The newest report; null before the first. */
  readonly published: Published | null;
  /** The engine run whose reports are the results; null: whoever counts publishes. */
  readonly promoted: string | null;
  /** Of the count that runs on a cluster, or why it cannot be told; null: none is named, or none runs. */
  readonly cluster: RunProgress | { readonly trouble: string } | null;
  /** How far each stage is behind. */
  readonly lags: readonly Lag[];
}

interface Published {
  readonly lines: number;
  readonly counted: number;
  readonly position: string;
  /** Who counted it, and whether a bounded count may yet differ. */
  readonly run: string;
  readonly provisional: boolean;
  /** ISO time. */
  readonly at: string;
}

/** `data` is the data folder, where stages on this machine keep what they keep. */
export async function statusOf(session: Session, data: string): Promise<Status> {
  const { log, reader, election } = session;
  const { life } = reader;
  const report = await newestReport(log, election.id, election.contests.length);
  return {
    election: election.id,
    title: life.election.title,
    state: life.closed !== undefined ? 'closed' : life.opened ? 'open' : 'not open',
    registered: life.roll.total,
    records: await recordsOf(log, election.id, life.partitions),
    published: report === undefined ? null : publishedOf(report),
    promoted: life.promoted ?? null,
    cluster: await clusterProgress(session),
    lags: await lagsOf(session, data, report),
  };
}

async function clusterProgress(session: Session): Promise<Status['cluster']> {
  const cluster = await session.cluster();
  if (cluster === undefined) return null;
  const job = await countJob(session.log, session.reader.life);
  return cluster.progress(job).then(
    (progress) => progress ?? null,
    (error: unknown) => {
      if (!(error instanceof LivetallyError)) throw error;
      return { trouble: error.message };
    },
  );
}

function publishedOf({ counts, position, run, provisional, at }: Report): Published {
  return { lines: counts.lines, counted: counts.outcomes.counted, position, run, provisional, at };
}

async function recordsOf(log: Log, electionId: string, partitions: number): Promise<Record<Topic, number>> {
  const counts: Record<Topic, number> = { events: 1, voters: VOTERS_PARTITIONS, ballots: partitions, results: 1 };
  const entries = TOPICS.map(async (topic) => {
    const name = topicName(electionId, topic);
    const ends = await Promise.all(Array.from({ length: counts[topic] }, (_, partition) => log.end(name, partition)));
    return [topic, ends.reduce((sum, end) => sum + end, 0)] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<Topic, number>;
}
