import { statfsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivetallyError } from '../../error.ts';

/** Left free on the disk: for LMDB's own pages, and for a snapshot and a last word after the log is full. */
const SPARE_BYTES = 4 * 1024 * 1024;
/** LMDB tells its reason apart from its refusal, a moment later. */
const REASON_MS = 100;

/**
 * Throws LT_LOG_WRITE when the disk has no room for so many bytes. LMDB would refuse by itself, but only after it has
 * written to stderr, and on a copy-on-write file system perhaps for good.
 */
export function requireRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes < bytes + SPARE_BYTES) throw refusal(folder, `its disk is full (${megabytes(freeBytes)} MB left)`);
}

/** LT_LOG_WRITE for whatever made LMDB refuse. */
export async function refusalOf(folder: string, error: unknown): Promise<LivetallyError> {
  const cause = await reasonOf(error);
  return refusal(folder, cause instanceof Error ? cause.message : String(cause), cause);
}

async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error && error.commitError instanceof Promise)) return error;
  const reason: Promise<unknown> = error.commitError.catch((cause: unknown) => cause);
  return await Promise.race([reason, sleep(REASON_MS, error)]);
}

function refusal(folder: string, why: string, cause?: unknown): LivetallyError {
  return new LivetallyError('LT_LOG_WRITE', `The log in ${folder} cannot take more: ${why}.`, {
    next: 'Free some space on its disk and go on: what was acknowledged is safe, and the log takes appends again once there is room.',
    cause,
  });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
