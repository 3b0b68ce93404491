import { parentPort, workerData } from 'node:worker_threads';
import { recount } from '../stages/3-tally/recount.ts';
import { openLog } from './compose.ts';
import type { RecountNews, RecountTask } from './recount-in-threads.ts';

/** A thread of recount-in-threads.ts: counts its partitions, says how far it is, ends. Any message stops it. */
const { log: source, electionId, to, partitions } = workerData as RecountTask;
const stopped = new AbortController();
parentPort!.once('message', () => stopped.abort()).unref();

const PROGRESS_EVERY_MS = 200;
let toldAt = 0;

const log = await openLog(source);
try {
  const { tally } = await recount(log, electionId, {
    to,
    partitions,
    signal: stopped.signal,
    onProgress(progress) {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      tell({ progress });
    },
  });
  tell({ tally });
} finally {
  await log.close();
}

function tell(news: RecountNews): void {
  parentPort!.postMessage(news);
}
