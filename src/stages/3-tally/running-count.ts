import { ballotEnds } from '../../lifecycle/ballot-ends.ts';
import { replaced } from '../../lifecycle/topics-fit.ts';
import { LivetallyError } from '../../error.ts';
import { decodeTallyRecord, talliesTopic } from '../../topics/tallies.ts';
import { topicName } from '../../topics/topics.ts';
import type { ClusterCount, ClusterScene } from './cluster-count.ts';
import { countJob } from './count-job.ts';
import { linesPerRecord } from './lines-per-record.ts';
import { readWrittenCells } from './written-cells.ts';

/** How often to look how the run goes: what it counts tells nothing of its end. */
const LOOK_MS = 1000;

/** Follows a run of the cluster by the cells that it writes; what is whole of them is the count. */
export async function openRunningCount(scene: ClusterScene): Promise<ClusterCount> {
  const { log, electionId, reader, cluster, now, onProgress } = scene;
  const topic = talliesTopic(electionId);
  await log.ensureTopics([{ name: topic, partitions: 1, retention: 'forever', compacted: true }]);
  const { partitions, excludedRanges, excludedSerials } = reader.life;
  const excluded = excludedRanges.length + excludedSerials.size;
  const ballots = topicName(electionId, 'ballots');
  const job = await countJob(log, reader.life);
  const lines = await linesPerRecord(log, electionId, await ballotEnds(log, electionId, partitions));
  const run = await cluster.follow(job, lines);
  const written = await readWrittenCells(log, reader.life, run.id);
  const { cells } = written;
  let { next } = written;
  let lookedAt = -Infinity;

  async function look(): Promise<void> {
    if (Math.abs(now() - lookedAt) < LOOK_MS) return;
    onProgress(await run.look());
    await requireOurTopic();
    lookedAt = now();
  }

  /** The cluster does not notice: it would go on in the new topic at the old offsets. */
  async function requireOurTopic(): Promise<void> {
    if ((await log.topicId(ballots)) !== job.topicIds.ballots) throw remade(ballots);
  }

  return {
    provisional: true,
    run: run.id,
    get position() {
      return { events: reader.position, ballots: cells.position };
    },
    tally: () => cells.tally(),
    async step(waitMs, signal) {
      await look();
      const [fetched] = await log.fetch(topic, [next], { waitMs, ...(signal === undefined ? {} : { signal }) });
      const records = fetched?.records ?? [];
      // What was written before our topic was seen is of our topic.
      if (records.length > 0) await requireOurTopic();
      for (const record of records) {
        const decoded = decodeTallyRecord(record);
        if (decoded?.run === run.id) cells.take(decoded);
      }
      next = fetched?.next ?? next;
      // Whatever issue the cluster has seen is there by now.
      await reader.catchUp();
    },
    isOutdated() {
      const { life } = reader;
      return life.closed !== undefined || life.excludedRanges.length + life.excludedSerials.size !== excluded;
    },
    close: () => run.stop().catch(unlessAway),
  };
}

/** A cluster that is away runs nothing, or goes on until somebody asks again. */
function unlessAway(error: unknown): void {
  if (!(error instanceof LivetallyError && error.code === 'LT_SPARK_AWAY')) throw error;
}

function remade(ballots: string): LivetallyError {
  const { says, next } = replaced(ballots);
  return new LivetallyError('LT_LOG_MISMATCH', says, { next });
}
