import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyRoll, issue, unitIndex, unitOfSerial, type Roll } from '../election/roll.ts';
import { ballotSpace } from '../election/space.ts';
import { allocate } from '../stages/1-register/issue.ts';
import { createDraws } from '../stages/seeded-draws.ts';
import { matchLine, readChoices } from '../topics/ballots.ts';
import { issuedRanges } from './deal-serials.ts';
import type { Pack, PackUnit } from './pack.ts';
import { BallotWriter } from './replay-ballots.ts';
import { samplePack } from '../../test/sample-pack.ts';

function rollOf(pack: Pack, rounds = 1): Roll {
  const space = ballotSpace(pack.election);
  const roll = emptyRoll(space);
  for (let round = 1; round <= rounds; round++) {
    const wanted = new Map(
      pack.units.map(({ place, cohort, eligible }) => {
        const share =
          round < rounds ? Math.floor(eligible / rounds) : eligible - (rounds - 1) * Math.floor(eligible / rounds);
        return [unitIndex(space, place, cohort)!, share];
      }),
    );
    for (const run of allocate(roll, wanted)) expect(issue(roll, run)).toBeUndefined();
  }
  return roll;
}

function write(pack: Pack, roll: Roll, bufferBytes: number, seed = 1): string[] {
  const writer = new BallotWriter(pack, issuedRanges(roll, pack.units), createDraws(seed));
  const buffer = Buffer.alloc(bufferBytes);
  let text = '';
  for (let bytes = writer.fill(buffer); bytes > 0; bytes = writer.fill(buffer)) {
    text += buffer.toString('latin1', 0, bytes);
    expect(text.endsWith('\n')).toBe(true);
  }
  expect(writer.left).toBe(0);
  return text.split('\n').slice(0, -1);
}

function readBallot(line: string): { serial: number; place: string; cohort: string; choices: Map<string, string[]> } {
  const { serial, place, cohort, choices } = matchLine(line)!;
  return { serial, place, cohort, choices: new Map(readChoices(choices)) };
}

/** The plain twin: what each line says, counted with a Map. */
function counted(lines: readonly string[], pack: Pack): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const { place, cohort, choices } = readBallot(line);
    const lists = pack.election.contests.map(({ id }) => choices.get(id)?.join('+') ?? 'absent');
    const key = [place, cohort, ...lists].join(' ');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function wanted(pack: Pack): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { place, cohort, ballots } of pack.units) {
    for (const { choices, count } of ballots) {
      const key = [place, cohort, ...choices.map((names) => names?.join('+') ?? 'absent')].join(' ');
      counts[key] = (counts[key] ?? 0) + count;
    }
  }
  return counts;
}

function scaled(pack: Pack, factor: number, nonVoters = 0): Pack {
  const units = pack.units.map((unit): PackUnit => ({
    ...unit,
    eligible: unit.eligible * factor + nonVoters,
    ballots: unit.ballots.map(({ choices, count }) => ({ choices, count: count * factor })),
  }));
  return { ...pack, units };
}

describe('ballots of a pack', () => {
  test('[I8] every ballot comes once, as a canonical line with a serial of its own place and cohort', () => {
    const pack = scaled(samplePack(), 300, 50);
    const roll = rollOf(pack);
    const lines = write(pack, roll, 4096 * 3);
    expect(counted(lines, pack)).toEqual(wanted(pack));
    const ballots = lines.map((line) => readBallot(line));
    expect(new Set(ballots.map(({ serial }) => serial)).size).toBe(lines.length);
    for (const { serial, place, cohort } of ballots) {
      expect(unitOfSerial(roll, serial)).toBe(unitIndex(roll.space, place, cohort));
    }
  });

  test('[I8] lines do not depend on the buffer that they are written to', () => {
    const pack = scaled(samplePack(), 40);
    const roll = rollOf(pack);
    const whole = write(pack, roll, 1 << 20);
    fc.assert(
      fc.property(fc.integer({ min: 4097, max: 20_000 }), (bytes) => {
        expect(write(pack, roll, bytes)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('[I8] the same seed deals the same, another seed another order of the same ballots', () => {
    const pack = scaled(samplePack(), 40);
    const roll = rollOf(pack);
    expect(write(pack, roll, 8192, 7)).toEqual(write(pack, roll, 8192, 7));
    expect(write(pack, roll, 8192, 8)).not.toEqual(write(pack, roll, 8192, 7));
    expect(counted(write(pack, roll, 8192, 8), pack)).toEqual(wanted(pack));
  });

  test('[I8] a roll issued in pieces is dealt whole, serials of any length', () => {
    const pack = scaled(samplePack(), 450);
    const roll = rollOf(pack, 3);
    expect(issuedRanges(roll, pack.units).some((ranges) => ranges.length > 1)).toBe(true);
    const lines = write(pack, roll, 8192);
    expect(counted(lines, pack)).toEqual(wanted(pack));
    expect(new Set(lines.map((line) => readBallot(line).serial)).size).toBe(lines.length);
  });

  test('[I8] serials are not dealt next in line', () => {
    const pack = scaled(samplePack(), 100);
    const lines = write(pack, rollOf(pack), 1 << 20);
    const serials = lines.map((line) => readBallot(line).serial);
    const neighbours = serials.filter((serial, at) => Math.abs(serial - (serials[at - 1] ?? 0)) === 1);
    expect(neighbours.length).toBeLessThan(serials.length / 10);
  });

  test('[I8] places report at different times', () => {
    const pack = scaled(samplePack(), 1000);
    const places = write(pack, rollOf(pack), 1 << 20).map((line) => readBallot(line).place);
    const early = places.slice(0, places.length / 4);
    const share = (some: readonly string[]): number => some.filter((place) => place === places[0]).length / some.length;
    expect(share(early)).toBeGreaterThan(1.2 * share(places));
  });

  test('[I8] rows take turns in another order than that of the pack', () => {
    const pack = samplePack();
    const ballots = Array.from({ length: 30 }, (_, row) => ({ choices: [[String(row)], []], count: 500 }));
    const one: Pack = { ...pack, units: [{ ...pack.units[0]!, eligible: 15_000, ballots }] };
    const rows = write(one, rollOf(one), 1 << 20).map((line) => Number(readBallot(line).choices.get('president')![0]));
    const turns = rows.filter((row, at) => row !== rows[at - 1]);
    const inOrder = turns.filter((row, at) => row === (turns[at - 1] ?? 0) + 1);
    expect(inOrder.length).toBeLessThan(turns.length / 10);
  });
});
