import type { Log } from '../src/ports/log.ts';
import { partitionOf } from '../src/topics/ballots.ts';
import { topicName } from '../src/topics/topics.ts';
import { inRecords } from './in-records.ts';
import { serialIn } from './likely-lines.ts';

/** Lines a record, in turn: one ballot of a web page, up to the most that the intake writes. */
const SIZES = [1, 7, 4000, 1, 250, 2, 90];

/** Writes lines, of latin1 text, to the partitions of their serials: one in 23 to the next partition. */
export async function writeLines(
  log: Log,
  electionId: string,
  partitions: number,
  lines: readonly string[],
): Promise<void> {
  const byPartition = Array.from({ length: partitions }, (): string[] => []);
  for (const [at, line] of lines.entries()) {
    byPartition[partitionOf(serialIn(line) + (at % 23 === 0 ? 1 : 0), partitions)]!.push(line);
  }
  for (const [partition, own] of byPartition.entries()) {
    const records = inRecords(own, SIZES);
    if (records.length > 0) await log.append(topicName(electionId, 'ballots'), partition, records);
  }
}
