import { setTimeout as sleep } from 'node:timers/promises';
import type { NewRecord } from '../../ports/log.ts';
import type { Cluster } from './cluster.ts';
import { giveUp, type KafkaFailure } from './failures.ts';
import { pauseMs } from './patience.ts';
import { createSendQueue, takeBack, type PartitionQueue } from './send-queue.ts';
import { createSendRounds } from './send-rounds.ts';
import type { TopicMap } from './topic-map.ts';

/**
 * Appends, in rounds: whatever is pending goes out at once, and the next round begins when every broker has answered. So
 * a partition never has two batches under way that could overtake each other.
 */
export interface Appends {
  append(topic: string, partition: number, records: readonly NewRecord[]): Promise<number>;
  /** Resolves when nothing is under way. */
  drain(): Promise<void>;
}

export function createAppends(
  cluster: Cluster,
  topics: TopicMap,
  { patienceMs, closing }: { patienceMs: number; closing: AbortSignal },
): Appends {
  const queue = createSendQueue();
  const rounds = createSendRounds(cluster, topics, queue);
  let isRunning = false;
  let running = Promise.resolve();

  async function run(): Promise<void> {
    let failures = 0;
    for (;;) {
      const pending = queue.fill();
      if (pending.length === 0) {
        isRunning = false; // in the same turn: an append that comes now begins another run
        return;
      }
      const failed = await rounds.send(pending);
      failures = failed.size > 0 ? failures + 1 : 0;
      if (failures === 0) continue;
      await sleep(pauseMs(failures));
      for (const [partition, failure] of failed) refuseLate(partition, failure);
    }
  }

  /** Appends that have waited long enough are refused, on closing all; the others of their batch go on without them. */
  function refuseLate(partition: PartitionQueue, failure: KafkaFailure): void {
    const nowMs = performance.now();
    const late = partition.batch?.pieces.filter(({ append }) => closing.aborted || append.deadlineMs <= nowMs) ?? [];
    if (late.length === 0) return;
    for (const { append } of late) append.refuse(giveUp(failure));
    takeBack(partition);
    rounds.beginAnew();
  }

  return {
    async append(topic, partition, records) {
      const appended = queue.add(topic, partition, records, performance.now() + patienceMs);
      if (!isRunning) {
        isRunning = true;
        running = run();
      }
      return appended;
    },
    async drain() {
      while (isRunning) await running;
    },
  };
}
