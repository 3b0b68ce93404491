import { statfsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivetallyError } from '../../error.ts';

/** Left free on the disk: for LMDB's own pages, and for a snapshot and a last word after the log is full. */
const SPARE_BYTES = 4 * 1024 * 1024;
/** LMDB tells its reason apart from its refusal, a moment later. */
const REASON_MS = 100;

/** The writes under way, and what becomes of them when the disk says no. */
export interface Writing {
  /** Throws LT_LOG_WRITE where `work` fails, and instead of it where the disk has no room for so many bytes. */
  run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result>;
  /** Resolves when none is under way. */
  drain(): Promise<void>;
}

export function createWriting(folder: string): Writing {
  const underWay = new Set<Promise<unknown>>();

  async function run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    const working = begin();
    underWay.add(working);
    try {
      return await working;
    } catch (failure) {
      throw failure instanceof LivetallyError ? failure : refusal(folder, await reasonOf(failure));
    } finally {
      underWay.delete(working);
    }

    async function begin(): Promise<Result> {
      requireRoom(folder, bytes);
      return work();
    }
  }

  async function drain(): Promise<void> {
    await Promise.allSettled(underWay);
  }

  return { run, drain };
}

/**
 * LMDB would refuse by itself when the disk is full, but not before it has written to stderr, and on a copy-on-write
 * file system perhaps for good.
 */
function requireRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes < bytes + SPARE_BYTES) throw refusal(folder, `the disk is full (${megabytes(freeBytes)} MB left)`);
}

function refusal(folder: string, reason: unknown): LivetallyError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new LivetallyError('LT_LOG_WRITE', `The log in ${folder} cannot take more: ${why}.`, {
    next: 'Free some space on its disk and go on: what was acknowledged is safe, and there is no need to start again.',
    cause: reason,
  });
}

async function reasonOf(failure: unknown): Promise<unknown> {
  if (!(failure instanceof Error && 'commitError' in failure && failure.commitError instanceof Promise)) return failure;
  const reason: Promise<unknown> = failure.commitError.catch((cause: unknown) => cause);
  return await Promise.race([reason, sleep(REASON_MS, failure)]);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
