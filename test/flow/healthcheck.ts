import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 90_000;

/** As Docker runs a check: one that has not ended in time has failed. Nothing is read of it, as what it began may live on. */
export function passes([program, ...words]: readonly string[], limitMs: number): boolean {
  return spawnSync(program!, words, { timeout: limitMs, killSignal: 'SIGKILL', stdio: 'ignore' }).status === 0;
}

/** Throws when it does not hold within 90 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not healthy within ${READY_MS} ms`);
    await sleep(500);
  }
}
