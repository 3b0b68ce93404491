import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openLmdbLog } from '../../src/adapters/lmdb/lmdb-log.ts';
import { makeReport } from '../../src/election/make-report.ts';
import type { ContestReport, Report } from '../../src/election/report.ts';
import { compare } from '../../src/packs/compare.ts';
import { importPack } from '../../src/packs/import-pack.ts';
import type { ImportOptions } from '../../src/packs/importer.ts';
import { readPack, writePack } from '../../src/packs/pack-folder.ts';
import { packReport } from '../../src/packs/pack-report.ts';
import type { Pack } from '../../src/packs/pack.ts';
import { replay } from '../../src/packs/replay.ts';
import { createIntake } from '../../src/stages/2-vote/intake.ts';
import { recount } from '../../src/stages/3-tally/recount.ts';
import { openTallyEngine } from '../../src/stages/3-tally/tally.ts';
import { formatPosition } from '../../src/topics/position.ts';

/** Public result files are not part of the project: the folder that has them is named, or these tests are skipped. */
const FOLDER = resolve(import.meta.dirname, '../..', process.env['LIVETALLY_PACKS'] ?? '../shared/packs');
const COHORTS = 'germany-2025-party-by-land-age-sex.csv';
const CONSTITUENCIES = 'germany-2025-constituencies.csv';
const VERMONT = 'vermont-2020-general-precinct.csv';
const DELAWARE = 'delaware-2016-general-precinct.csv';
const isThere = [COHORTS, CONSTITUENCIES, VERMONT, DELAWARE].every((file) => existsSync(join(FOLDER, file)));
if (!isThere)
  console.warn('SKIPPED: no real elections were replayed, LIVETALLY_PACKS names no folder with their files.');

function bytesOf(file: string): Buffer {
  return readFileSync(join(FOLDER, file));
}

function imported(file: string, options: ImportOptions = {}): Pack {
  return importPack({ name: file, bytes: bytesOf(file) }, options);
}

/** Votes of the whole, by candidate. */
function votes(report: Report, pack: Pack, contest: number): Record<string, number> {
  const { candidates } = pack.election.contests[contest]!;
  return Object.fromEntries(report.counts.contests[contest]!.votes.map((number, at) => [candidates[at]!.id, number]));
}

/** Through a pack on disk, the log, the tally and the recount. */
async function replayed(pack: Pack): Promise<{ report: Report; recounted: Report }> {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-real-'));
  await writePack(pack, join(folder, 'pack'));
  const read = await readPack(join(folder, 'pack'));
  const log = await openLmdbLog(join(folder, 'log'));
  const electionId = pack.election.id;
  const intake = createIntake(log, electionId, 4);
  try {
    await replay({ pack: read, log, electionId, intake, partitions: 4 }, new AbortController().signal);
    const engine = await openTallyEngine(log, electionId);
    while (!engine.complete) await engine.step(0);
    const { tally, position } = await recount(log, electionId);
    return {
      report: makeReport(engine.tally(), engine.life, formatPosition(engine.position), 0, true),
      recounted: makeReport(tally, engine.life, formatPosition(position), 0, true),
    };
  } finally {
    await intake.close();
    await log.close();
    await rm(folder, { recursive: true });
  }
}

const GERMANY_FIRST = {
  spd: 9_936_433,
  cdu: 12_604_184,
  gruene: 5_443_393,
  fdp: 1_622_912,
  afd: 10_177_318,
  csu: 3_272_064,
  linke: 3_933_297,
};
const GERMANY_SECOND = {
  spd: 8_149_124,
  cdu: 11_196_374,
  gruene: 5_762_380,
  fdp: 2_148_757,
  afd: 10_328_780,
  csu: 2_964_028,
  linke: 4_356_532,
};

test.skipIf(!isThere)('[I4] Germany by constituency: every total exactly', () => {
  const pack = imported(CONSTITUENCIES);
  const report = packReport(pack);
  expect(pack.units).toHaveLength(299);
  expect([report.counts.eligible, report.counts.outcomes.counted]).toEqual([60_510_631, 49_928_653]);
  expect(votes(report, pack, 0)).toMatchObject(GERMANY_FIRST);
  expect(votes(report, pack, 1)).toMatchObject(GERMANY_SECOND);
  const sums = report.counts.contests.map(({ valid, blank, rejected }) => [valid, blank, rejected]);
  expect(sums).toEqual([
    [49_928_653 - 423_264, 0, { overvote: 423_264 }],
    [49_928_653 - 279_141, 0, { overvote: 279_141 }],
  ]);
  expect(compare(pack, report)).toMatchObject({ rounded: [], differences: [] });
});

test.skipIf(!isThere)(
  '[I10] Germany by cohort expects the official federal row, and the sums of its cells are within its rounding',
  () => {
    const pack = imported(COHORTS);
    expect(pack.units).toHaveLength(16 * 12);
    const whole = pack.expected.filter(({ breakdown, figures }) => breakdown === '*' && figures.votes !== undefined);
    expect(whole.map(({ figures }) => figures)).toEqual([
      { rejected: 423_264, votes: [...Object.values(GERMANY_FIRST), 2_515_788] },
      { rejected: 279_141, votes: [...Object.values(GERMANY_SECOND), 4_743_537] },
    ]);
    const { differences, rounded } = compare(pack, packReport(pack));
    expect(differences).toEqual([]);
    const laender = rounded.filter(
      ({ tolerance, figure, row }) => tolerance <= 3 && figure === 'votes' && !row.startsWith('Deutschland'),
    );
    expect(Math.max(...laender.map(({ expected, obtained }) => Math.abs(expected - obtained!)))).toBe(3);
  },
);

test.skipIf(!isThere)(
  '[I8] Bremen replayed: every cell of the official table exactly, its sums within 3, recount = tally',
  async () => {
    const pack = imported(COHORTS, { land: 'HB' });
    const { report, recounted } = await replayed(pack);
    expect(recounted.hash).toBe(report.hash);
    expect(compare(pack, report).differences).toEqual([]);
    const cells = officialCells('HB');
    expect(cells).toHaveLength(24);
    for (const { contest, cohort, invalid, parties } of cells) {
      const row = rowOf(report.counts.contests[contest]!, 'place/cohort', `DE-HB/${cohort}`);
      expect([row.rejected.overvote ?? 0, ...row.votes]).toEqual([invalid, ...parties]);
    }
    const official = {
      spd: 80_604,
      cdu: 71_573,
      gruene: 54_280,
      fdp: 12_295,
      afd: 52_496,
      linke: 51_461,
      others: 25_547,
    };
    const obtained = votes(report, pack, 1);
    for (const [party, number] of Object.entries(official))
      expect(Math.abs(obtained[party]! - number)).toBeLessThanOrEqual(3);
  },
);

test.skipIf(!isThere)('[I8] Vermont replayed: 8 contests in 275 precincts exactly, recount = tally', async () => {
  const pack = imported(VERMONT);
  const { report, recounted } = await replayed(pack);
  expect(recounted.hash).toBe(report.hash);
  expect(compare(pack, report)).toMatchObject({ rounded: [], differences: [] });
  expect([report.counts.contests.length, pack.units.length, report.counts.outcomes.counted]).toEqual([8, 275, 370_968]);
  const president = report.counts.contests[0]!;
  expect([president.blank, president.rejected.overvote]).toEqual([3_262, 278]);
  expect(votes(report, pack, 0)).toMatchObject({
    'joseph-biden': 242_820,
    'donald-trump': 112_704,
    'jo-jorgensen': 3_608,
    'write-ins': 1_942,
  });
  const winners = report.counts.contests.map((contest) => Math.max(...contest.votes)).sort((one, other) => one - other);
  expect(winners).toEqual([182_820, 197_255, 214_666, 234_081, 238_827, 242_820, 248_412, 266_445]);
  expect(rowOf(president, 'place', 'Chittenden-Hinesburg-CHI-4-1').counted).toBe(22);
});

test.skipIf(!isThere)('[I2] Delaware is refused, naming the double count; without its totals it is right', () => {
  expect(() => imported(DELAWARE)).toThrow(
    expect.objectContaining({
      code: 'LT_PACK_REFUSED',
      message: expect.stringMatching(/double count.*President.*Sussex, precinct Total.*441,590.*883,180/) as string,
    }),
  );
  const text = bytesOf(DELAWARE)
    .toString()
    .split('\n')
    .filter((line) => !line.includes(',Total,'))
    .join('\n');
  const pack = importPack({ name: DELAWARE, bytes: Buffer.from(text) });
  expect(votes(packReport(pack), pack, 0)).toEqual({
    'clinton-h': 235_603,
    'trump-d': 185_127,
    'stein-j': 6_103,
    'johnson-g': 14_757,
  });
});

function rowOf(contest: ContestReport, breakdown: string, value: string): ContestReport['breakdowns'][0]['rows'][0] {
  return contest.breakdowns.find(({ key }) => key === breakdown)!.rows.find((row) => row.value === value)!;
}

interface OfficialCell {
  readonly contest: number;
  readonly cohort: string;
  readonly invalid: number;
  readonly parties: readonly number[];
}

/** The oracle: the lines of the file themselves, split where they are. */
function officialCells(land: string): OfficialCell[] {
  const lines = bytesOf(COHORTS).toString().split('\r\n');
  return lines.flatMap((line) => {
    const [of, vote, sex, born, , invalid, ...rest] = line.split(';');
    if (of !== land || sex === 'Summe' || born === 'Summe') return [];
    const cohort = `${sex === 'w' ? 'w' : 'mdo'}|${born === '<=1955' ? '1955-or-earlier' : born}`;
    return [{ contest: Number(vote) - 1, cohort, invalid: Number(invalid), parties: rest.slice(0, 8).map(Number) }];
  });
}
