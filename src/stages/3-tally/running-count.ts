import type { ClusterRun } from '../../ports/cluster.ts';
import { decodeTallyRecord, talliesTopic, type TallyRecord } from '../../topics/tallies.ts';
import { ClusterCells } from './cluster-cells.ts';
import type { ClusterCount, ClusterScene } from './cluster-engine.ts';

/** How often to look how the run goes: what it counts tells nothing of its end. */
const LOOK_MS = 1000;

/** Follows a run of the cluster by the cells that it writes; what is whole of them is the count. */
export async function openRunningCount(scene: ClusterScene): Promise<ClusterCount> {
  const { log, electionId, reader, cluster, now, onProgress } = scene;
  const topic = talliesTopic(electionId);
  await log.ensureTopics([{ name: topic, partitions: 1, retention: 'forever', compacted: true }]);
  const { partitions, election, excludedRanges, excludedSerials } = reader.life;
  const excluded = excludedRanges.length + excludedSerials.size;
  const run: ClusterRun = await cluster.follow(await scene.job());
  const cells = new ClusterCells(election, partitions);
  let next = await takeWritten();
  let lookedAt = -Infinity;

  /** What the topic holds already is compacted, so that only all of it together is a count. */
  async function takeWritten(): Promise<number> {
    const end = await log.end(topic, 0);
    const newest = new Map<string, TallyRecord>();
    let at = 0;
    while (at < end) {
      const [fetched] = await log.fetch(topic, [at]);
      if (fetched === undefined) break;
      for (const record of fetched.records) {
        const decoded = decodeTallyRecord(record);
        if (decoded?.run === run.id) newest.set(record.key!, decoded);
      }
      at = fetched.next;
    }
    // The ledgers last: until they are there, nothing adds up.
    for (const record of newest.values()) if (!('ledger' in record)) cells.take(record);
    for (const record of newest.values()) if ('ledger' in record) cells.take(record);
    return at;
  }

  async function look(): Promise<void> {
    if (Math.abs(now() - lookedAt) < LOOK_MS) return;
    onProgress(await run.look());
    lookedAt = now();
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
      for (const record of fetched?.records ?? []) {
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
    close: () => run.stop(),
  };
}
