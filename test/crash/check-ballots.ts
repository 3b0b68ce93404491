import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Election } from '../../src/election/election.ts';
import { makeReport } from '../../src/election/make-report.ts';
import type { Counts, Report } from '../../src/election/report.ts';
import type { Engine } from '../../src/ports/engine.ts';
import type { Log } from '../../src/ports/log.ts';
import { countTo } from '../../src/stages/3-tally/count-to.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import { openTallyEngine, type TallyEngineOptions } from '../../src/stages/3-tally/tally.ts';
import { newestReport } from '../../src/stages/4-publish/newest-report.ts';
import { reportOf } from '../../src/stages/4-publish/publish.ts';
import { formatPosition, parsePosition } from '../../src/topics/position.ts';
import type { PlainCount, PlainLog } from './plain-log.ts';

/**
 * Every line that was answered for is in the log: byte for byte, in the partition of its serial, and as often as it was
 * answered for. `folder` has a file of them for each victim. Resolves with how many they are.
 */
export function checkAcknowledged(folder: string, { ballots }: PlainLog): number {
  const stored = ballots.map(occurrences);
  const lines = readdirSync(folder).flatMap((file) => {
    return readFileSync(join(folder, file), 'latin1').split('\n').slice(0, -1);
  });
  for (const [line, times] of occurrences(lines)) {
    const partition = serialIn(line) % ballots.length;
    const found = stored[partition]!.get(line) ?? 0;
    assert.ok(found >= times, `acknowledged ${times} times, ${found} times in partition ${partition}: ${line}`);
  }
  return lines.length;
}

function occurrences(lines: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1);
  return times;
}

/** The digits after `{"serial":`; lines without any belong in partition 0. */
function serialIn(line: string): number {
  const serial = Number(/^.{10}(\d+)/.exec(line)?.[1] ?? 0);
  return serial < 2 ** 32 ? serial : 0;
}

/** Plain count = tally from zero = tally from the snapshot, whatever a kill left of that = recount. Resolves with its report. */
export async function checkCount(
  log: Log,
  election: Election,
  snapshotFile: string,
  plain: PlainCount,
): Promise<Report> {
  const cold = await countAll(log, election, { rebuild: true });
  const report = reportOf(cold, 0);
  const warm = reportOf(await countAll(log, election, { snapshotFile }), 0);
  assert.deepEqual([warm.hash, warm.position], [report.hash, report.position], 'warm start = cold start');
  const again = await recount(log, election.id);
  const recounted = makeReport(again.tally, cold.life, formatPosition(again.position), 0, false);
  assert.deepEqual([recounted.hash, recounted.position], [report.hash, report.position], 'recount = tally');
  checkPlain(report.counts, election, plain);
  return report;
}

async function countAll(log: Log, { id }: Election, options: TallyEngineOptions): Promise<Engine> {
  const engine = await openTallyEngine(log, id, options);
  while ((await engine.step(0)) > 0);
  return engine;
}

function checkPlain(counts: Counts, { contests }: Election, plain: PlainCount): void {
  const { lines, counted, repeat, invalid, spent, sums } = plain;
  const outcomes = { counted, repeat, invalid, late: 0, excluded: 0 };
  assert.deepEqual([counts.lines, counts.spent, counts.outcomes], [lines, spent.size, outcomes], 'tally = plain count');
  for (const { key, rows } of counts.turnout) {
    if (key !== 'place' && key !== 'cohort') continue;
    for (const row of rows) assert.equal(row.counted, sums.get(`${key} ${row.value}`) ?? 0, `${key} ${row.value}`);
  }
  for (const [at, { id, method, candidates }] of contests.entries()) {
    if (method !== 'plurality') continue;
    const votes = candidates.map((candidate) => sums.get(`vote ${id} ${candidate.id}`) ?? 0);
    assert.deepEqual(counts.contests[at]!.votes, votes, `votes in ${id}`);
  }
}

/** What was published says what the log says up to its position, counted again in both ways. */
export async function checkNewestReport(log: Log, election: Election): Promise<Report | undefined> {
  const newest = await newestReport(log, election.id, election.contests.length);
  if (newest === undefined) return undefined;
  const to = parsePosition(newest.position);
  assert.ok(to !== undefined, `position ${newest.position}`);
  const { tally, life } = await countTo(log, election.id, to);
  const again = await recount(log, election.id, { to });
  for (const counted of [tally, again.tally]) {
    assert.equal(
      makeReport(counted, life, newest.position, 0, false).hash,
      newest.hash,
      `report at ${newest.position}`,
    );
  }
  return newest;
}
