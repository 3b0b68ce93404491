import { setTimeout as sleep } from 'node:timers/promises';
import type { Election } from '../../src/election/election.ts';
import type { Database } from '../../src/ports/database.ts';
import type { Log } from '../../src/ports/log.ts';
import { newestReport } from '../../src/stages/4-publish/newest-report.ts';
import { readPositions } from '../../src/stages/4-publish/topic-position.ts';
import { formatPosition } from '../../src/topics/position.ts';

export interface CaughtUpOptions {
  readonly log: Log;
  readonly database: Database;
  readonly election: Election;
  readonly partitions: number;
  readonly people: number;
  /** Where the page is. */
  readonly dashboardUrl: string;
}

const LONGEST_MS = 90_000;
const POLL_MS = 250;
/** Nothing has changed for so long: ballots that are still sent after the last one that counts have come. */
const STILL_MS = 1500;

/**
 * Waits until all these people have voted, the newest report covers the whole log, and database and page are where it is.
 * Resolves with how long that took. Throws what is behind after some time.
 */
export async function untilCaughtUp(options: CaughtUpOptions): Promise<number> {
  const beganMs = performance.now();
  let still = '';
  let sinceMs = 0;
  for (;;) {
    const nowMs = performance.now();
    const { behind, position } = await lookAt(options);
    if (behind.length === 0 && position === still && nowMs - sinceMs >= STILL_MS) return nowMs - beganMs;
    if (behind.length > 0 || position !== still) sinceMs = nowMs;
    still = position;
    if (nowMs - beganMs > LONGEST_MS) throw new Error(`after ${LONGEST_MS / 1000} s: ${behind.join('; ')}`);
    await sleep(POLL_MS);
  }
}

async function lookAt(options: CaughtUpOptions): Promise<{ behind: string[]; position: string }> {
  const { log, database, election, people } = options;
  const newest = await newestReport(log, election.id, election.contests.length);
  const position = await endOf(options);
  const behind: string[] = [];
  const counted = newest?.counts.outcomes.counted ?? 0;
  if (counted !== people) behind.push(`${counted} of ${people} ballots are counted`);
  if (newest?.position !== position) behind.push(`the log is at ${position}, the newest report at ${newest?.position}`);
  const shown = await shownPosition(options);
  if (shown !== newest?.position) behind.push(`the page shows ${shown}`);
  for (const { topic, offset, end } of await readPositions(log, database, election.id)) {
    if (offset !== end) behind.push(`${topic} ends at ${end}, the database is at ${offset}`);
  }
  return { behind, position };
}

async function endOf({ log, election, partitions }: CaughtUpOptions): Promise<string> {
  const end = (topic: string, partition: number): Promise<number> =>
    log.end(`livetally.${election.id}.${topic}`, partition);
  const ballots = await Promise.all(Array.from({ length: partitions }, (_, partition) => end('ballots', partition)));
  return formatPosition({ events: await end('events', 0), ballots });
}

async function shownPosition({ dashboardUrl }: CaughtUpOptions): Promise<string | undefined> {
  const response = await fetch(`${dashboardUrl}/api/report`).catch(() => undefined);
  return response?.status === 200 ? ((await response.json()) as { position: string }).position : undefined;
}
