import { stat } from 'node:fs/promises';
import { LivetallyError } from '../../error.ts';
import type { Log } from '../../ports/log.ts';
import type { Life } from '../../topics/life.ts';
import { topicName } from '../../topics/topics.ts';
import { decodeRegistration, type Registration } from '../../topics/voters.ts';
import { formatDay, today } from './calendar.ts';
import { hashFile, openCsv } from './csv-rows.ts';
import { createNumberSet, type NumberSet } from './number-set.ts';
import type { PeopleSource } from './people-source.ts';
import { openRefusalsFile, type RefusalsFile } from './refusals-file.ts';
import type { RefusalReason } from './roll-row.ts';
import { rollRows, type RollRow } from './roll-rows.ts';
import { createRowBits, type RowBits } from './row-bits.ts';

export interface RollOptions {
  readonly log: Log;
  /** Of the election, caught up. */
  readonly life: Life;
  /** A CSV file; its columns are in roll-columns.ts. */
  readonly path: string;
  /** ISO date: ages are those of this day. By default the day on which this file was begun, or else today. */
  readonly electionDay?: string | undefined;
  /** Where to report every row that is refused. */
  readonly refusedFile?: string | undefined;
  readonly onProgress?: (rows: number) => void;
}

export interface ImportedRoll {
  /** The people of the accepted rows, in file order. `roll:HASH@2026-11-03`, so that other contents are another source. */
  readonly source: PeopleSource;
  readonly people: number;
  readonly refused: number;
  readonly reasons: ReadonlyMap<RefusalReason, number>;
}

const PROGRESS_ROWS = 10_000;

/**
 * Checks a whole roll before anybody of it is registered: every row is accepted, or refused with a reason. The file is
 * read twice, here and when its people are registered; kept are a bit a row, and the fingerprints while it is checked.
 * Throws LT_INPUT_FILE for a file that is not a roll.
 */
export async function importRoll(options: RollOptions): Promise<ImportedRoll> {
  const { path, life, log, refusedFile } = options;
  const csv = await openCsv(path);
  const version = await versionOf(path);
  const name = `roll:${(await hashFile(path)).slice(0, 16)}`;
  const electionDay = options.electionDay ?? dayBegun(life, name) ?? formatDay(today());
  const id = `${name}@${electionDay}`;
  const numbers = createNumberSet();
  for await (const number of registeredNumbers(log, life.election.id, id)) numbers.add(number);

  const rows = (): AsyncIterable<RollRow> => rollRows(csv, life.election, electionDay);
  const report = refusedFile === undefined ? undefined : await openRefusalsFile(refusedFile);
  try {
    const { accepted, people, ...refusals } = await checkRows(rows(), numbers, report, options.onProgress);
    const source = { id, people, batches: batcher(id, rows, accepted, () => requireUnchanged(path, version)) };
    return { source, people, ...refusals };
  } finally {
    await report?.close();
  }
}

/** Ages depend on the day: a roll that was begun goes on by the same day, or its people would be others. */
function dayBegun(life: Life, name: string): string | undefined {
  return [...life.registered.keys()].find((source) => source.startsWith(`${name}@`))?.slice(name.length + 1);
}

interface CheckedRows {
  readonly accepted: RowBits;
  readonly people: number;
  readonly refused: number;
  readonly reasons: ReadonlyMap<RefusalReason, number>;
}

async function checkRows(
  rows: AsyncIterable<RollRow>,
  numbers: NumberSet,
  report: RefusalsFile | undefined,
  onProgress: ((rows: number) => void) | undefined,
): Promise<CheckedRows> {
  const accepted = createRowBits();
  const reasons = new Map<RefusalReason, number>();
  let people = 0;
  let refused = 0;
  for await (const { row, registrationNumber, outcome } of rows) {
    if (row % PROGRESS_ROWS === 0) onProgress?.(row);
    const why = refusalOf(outcome, numbers);
    if (why === undefined) {
      accepted.add(row);
      people += 1;
    } else {
      reasons.set(why, (reasons.get(why) ?? 0) + 1);
      refused += 1;
      await report?.add({ row, registrationNumber, why });
    }
  }
  return { accepted, people, refused, reasons };
}

/** Whether the number is taken comes last: one that only a refused row has is free. */
function refusalOf(outcome: RollRow['outcome'], numbers: NumberSet): RefusalReason | undefined {
  if (typeof outcome === 'string') return outcome;
  return numbers.add(outcome.registrationNumber) ? undefined : 'duplicate';
}

/** The accepted rows as people, read from the file once more. */
function batcher(
  source: string,
  rows: () => AsyncIterable<RollRow>,
  accepted: RowBits,
  requireSame: () => Promise<void>,
): PeopleSource['batches'] {
  return async function* batches(from, size) {
    let batch: Registration[] = [];
    let index = 0;
    for await (const { row, outcome } of rows()) {
      if (typeof outcome === 'string' || !accepted.has(row)) continue;
      if (index >= from) batch.push({ source, index, ...outcome });
      index += 1;
      if (batch.length < size) continue;
      await requireSame();
      yield batch;
      batch = [];
    }
    await requireSame();
    if (batch.length > 0) yield batch;
  };
}

/** Of everybody in `voters` but the people of this roll: it may be going on where it was. */
async function* registeredNumbers(log: Log, electionId: string, source: string): AsyncGenerator<string> {
  for (let next = 0; ;) {
    const [fetched] = await log.fetch(topicName(electionId, 'voters'), [next]);
    if (fetched === undefined) return;
    for (const { value } of fetched.records) {
      const registration = decodeRegistration(value);
      if (registration.source !== source) yield registration.registrationNumber;
    }
    next = fetched.next;
  }
}

async function versionOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return `${size} ${mtimeMs} ${ino}`;
}

async function requireUnchanged(path: string, version: string): Promise<void> {
  if ((await versionOf(path)) === version) return;
  throw new LivetallyError('LT_INPUT_FILE', `${path} changed while it was read.`, {
    next: 'Run it again: who is registered already is known by the registration number.',
  });
}
