import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { emptyTally, merge, type Tally } from '../election/tally.ts';
import type { RecountProgress } from '../stages/3-tally/recount.ts';
import type { Position } from '../topics/position.ts';
import type { LogSource } from './compose.ts';

/** What a thread is told, and what it tells. */
export interface RecountTask {
  readonly log: LogSource;
  readonly electionId: string;
  readonly to: Position;
  readonly partitions: readonly number[];
}

export type RecountNews = { readonly progress: RecountProgress } | { readonly tally: Tally };

export interface RecountInThreadsOptions {
  readonly onProgress: (progress: Pick<RecountProgress, 'done' | 'total'>) => void;
  readonly signal: AbortSignal;
}

/** The recount on all cores: a thread each, which takes its share of the partitions. The log may be open here too. */
export async function recountInThreads(
  log: LogSource,
  electionId: string,
  to: Position,
  { onProgress, signal }: RecountInThreadsOptions,
): Promise<Tally> {
  const threads = Math.min(availableParallelism(), to.ballots.length);
  const shares = Array.from({ length: threads }, (_, thread) =>
    to.ballots.map((_end, partition) => partition).filter((partition) => partition % threads === thread),
  );
  const total = to.ballots.reduce((sum, end) => sum + end, 0);
  const done = shares.map(() => 0);
  const tallies = await Promise.all(
    shares.map((partitions, thread) =>
      recountInThread({ log, electionId, to, partitions }, signal, (progress) => {
        done[thread] = progress.done;
        onProgress({ done: done.reduce((sum, records) => sum + records, 0), total });
      }),
    ),
  );
  return tallies.reduce(merge, emptyTally());
}

async function recountInThread(
  task: RecountTask,
  signal: AbortSignal,
  onProgress: (progress: RecountProgress) => void,
): Promise<Tally> {
  signal.throwIfAborted();
  const thread = new Worker(new URL(`./recount-thread${extname(import.meta.filename)}`, import.meta.url), {
    workerData: task,
  });
  const stop = (): void => thread.postMessage('stop');
  signal.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      thread.on('message', (news: RecountNews) => {
        if ('tally' in news) resolve(news.tally);
        else onProgress(news.progress);
      });
      thread.on('error', (cause) => reject(signal.aborted ? signal.reason : cause));
      // After its tally this says nothing new.
      thread.on('exit', (code) => reject(new Error(`A thread of the recount ended early, with ${code}.`)));
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
