import type { Log } from '../../ports/log.ts';
import { linesOf } from '../../topics/ballots.ts';
import { topicName } from '../../topics/topics.ts';

/** Enough to tell a feed of thousands of lines a record from people who send one each. */
const SAMPLE_BYTES = 64 * 1024;

/** Lines that a record of `ballots` holds on the average, by the newest few of each partition; 1 while there are none. */
export async function linesPerRecord(log: Log, electionId: string, ends: readonly number[]): Promise<number> {
  const topic = topicName(electionId, 'ballots');
  const from = ends.map((end) => (end > 0 ? Math.max(0, end - SAMPLE_RECORDS) : -1));
  const fetched = ends.some((end) => end > 0) ? await log.fetch(topic, from, { maxBytes: SAMPLE_BYTES }) : [];
  const sizes = fetched.flatMap(({ records }) => records.map(({ value }) => linesOf(value).length));
  return Math.max(1, sizes.reduce((sum, lines) => sum + lines, 0) / Math.max(1, sizes.length));
}

const SAMPLE_RECORDS = 32;
