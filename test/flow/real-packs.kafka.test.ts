import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeReport } from '../../src/election/make-report.ts';
import type { Report } from '../../src/election/report.ts';
import { compare } from '../../src/packs/compare.ts';
import { importPack } from '../../src/packs/import-pack.ts';
import type { Pack } from '../../src/packs/pack.ts';
import { replay } from '../../src/packs/replay.ts';
import type { Log } from '../../src/ports/log.ts';
import { createIntake } from '../../src/stages/2-vote/intake.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import { openTallyEngine } from '../../src/stages/3-tally/tally.ts';
import { projectToEnd } from '../../src/stages/4-publish/project.ts';
import { publish } from '../../src/stages/4-publish/publish.ts';
import { formatPosition } from '../../src/topics/position.ts';
import {
  BROKERS,
  brokerLog,
  embeddedDatabase,
  embeddedLog,
  freshId,
  need,
  serverDatabase,
  type DatabaseOfTest,
  type LogOfTest,
} from '../real-systems.ts';
import { expectInDatabase } from '../results-in-database.ts';

const FOLDER = resolve(import.meta.dirname, '../..', process.env['LIVETALLY_PACKS'] ?? '../shared/packs');
const COHORTS = 'germany-2025-party-by-land-age-sex.csv';
const hasPacks = existsSync(join(FOLDER, COHORTS));
if (!hasPacks) console.warn(`SKIPPED: Bremen was not replayed, LIVETALLY_PACKS names no folder with ${COHORTS}.`);
const isThere = need({ broker: true, database: true }, 'Bremen was not replayed on real systems') && hasPacks;

const LOGS: readonly [name: string, open: (electionId: string) => Promise<LogOfTest>][] = [
  ['LMDB', embeddedLog],
  ...BROKERS.map(({ name, address }): [string, (id: string) => Promise<LogOfTest>] => [
    name,
    (id) => brokerLog(address, id),
  ]),
];
const DATABASES: readonly [name: string, open: () => Promise<DatabaseOfTest>][] = [
  ['PGlite', embeddedDatabase],
  ['PostgreSQL', serverDatabase],
];
const COMBINATIONS = LOGS.flatMap((log) =>
  DATABASES.map((database) => [log[0], database[0], log[1], database[1]] as const),
);

const PARTITIONS = 4;
const never = new AbortController().signal;
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Through the front door to the published report. */
async function replayed(log: Log, pack: Pack): Promise<Report> {
  const electionId = pack.election.id;
  const intake = createIntake(log, electionId, PARTITIONS);
  await replay({ pack, log, electionId, intake, partitions: PARTITIONS }, never);
  await intake.close();
  const engine = await openTallyEngine(log, electionId);
  const { report } = await publish({ log, engine, effects: { now: Date.now, log: logger }, toEnd: true }, never);
  const { tally, position } = await recount(log, electionId);
  expect(makeReport(tally, engine.life, formatPosition(position), 0, true).hash).toBe(report.hash);
  return report;
}

describe.skipIf(!isThere)('[I10] Bremen, with every figure exactly', () => {
  it.each(COMBINATIONS)('on %s and %s', async (_log, _database, openLog, openDatabase) => {
    const whole = importPack({ name: COHORTS, bytes: readFileSync(join(FOLDER, COHORTS)) }, { land: 'HB' });
    const pack = { ...whole, election: { ...whole.election, id: freshId('bremen') } };
    await using under = await openLog(pack.election.id);
    await using store = await openDatabase();
    const report = await replayed(under.log, pack);
    expect(report.counts.outcomes).toMatchObject({ counted: 350_374, repeat: 0, invalid: 0 });
    expect(compare(pack, report).differences).toEqual([]);
    const { database } = store;
    const { reports } = await projectToEnd({ log: under.log, database, electionId: pack.election.id, logger });
    expect(reports).toBeGreaterThan(0);
    expect(await expectInDatabase(database, report, pack.election)).toBeGreaterThan(100);
  });
});
