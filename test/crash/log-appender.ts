import { setTimeout as sleep } from 'node:timers/promises';
import { LivetallyError } from '../../src/error.ts';
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import type { Log } from '../../src/ports/log.ts';

/**
 * A process to kill or to starve: `node log-appender.ts FOLDER [PARTITIONS APPENDS]` appends to a log, one append in each
 * partition at a time, and prints `partition offset number` of what was acknowledged, `refused CODE` of what was not.
 * It goes on for ever, in all partitions, unless told otherwise.
 */
export const APPENDED = { name: 'appended', partitions: 4, retention: 'forever' } as const;

/** The records of the append of that number: one to five, from a few bytes to a few hundred thousand. */
export function recordsOf(partition: number, number: number): Uint8Array[] {
  return Array.from({ length: 1 + (number % 5) }, (_, index) => {
    const seed = `${partition}/${number}/${index} `;
    return Buffer.alloc(seed.length + ((number * 7919 + index * 104_729) % 130_000), seed);
  });
}

async function appendOn(log: Log, partition: number, appends: number): Promise<void> {
  for (let number = 0; number < appends; number++) {
    try {
      const records = recordsOf(partition, number).map((value) => ({ value, headers: { number: `${number}` } }));
      const offset = await log.append(APPENDED.name, partition, records);
      process.stdout.write(`${partition} ${offset} ${number}\n`);
    } catch (error) {
      if (!(error instanceof LivetallyError)) throw error;
      process.stdout.write(`refused ${error.code}\n`);
      await sleep(20);
    }
  }
}

if (import.meta.main) {
  const [folder = '', partitions = APPENDED.partitions, appends = Infinity] = process.argv.slice(2);
  const log = await openLmdbLog(folder);
  await log.ensureTopics([APPENDED]);
  const lanes = Array.from({ length: Number(partitions) }, (_, partition) => appendOn(log, partition, Number(appends)));
  await Promise.all(lanes);
}
