import { giveUp, type KafkaFailure } from './failures.ts';

/** Failures further apart than this are not the same trouble. */
const SAME_TROUBLE_MS = 10_000;

/**
 * Partitions of one topic that one broker leads, and that cannot be asked while others give records all the time: their
 * readers would never hear of it.
 */
export interface StuckPartitions {
  asked(topicId: string, leader: number): void;
  /** Throws the failure once there has been one at every attempt for as long as patience lasts. */
  failed(topicId: string, leader: number, failure: KafkaFailure): void;
}

export function createStuckPartitions(patienceMs: number): StuckPartitions {
  const troubles = new Map<string, { readonly sinceMs: number; readonly lastMs: number }>();
  return {
    asked(topicId, leader) {
      troubles.delete(`${topicId}/${leader}`);
    },
    failed(topicId, leader, failure) {
      const key = `${topicId}/${leader}`;
      const lastMs = performance.now();
      const before = troubles.get(key);
      const sinceMs = before !== undefined && lastMs - before.lastMs < SAME_TROUBLE_MS ? before.sinceMs : lastMs;
      troubles.set(key, { sinceMs, lastMs });
      if (lastMs - sinceMs < patienceMs) return;
      troubles.delete(key);
      throw giveUp(failure);
    },
  };
}
