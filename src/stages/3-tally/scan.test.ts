import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchLine, readChoices } from '../../topics/ballots.ts';
import { smallElection } from '../../../test/small-election.ts';
import { ballotSpace } from '../../election/space.ts';
import { emptyRoll, issue, unitIndex, unitOfSerial } from '../../election/roll.ts';
import { UNKNOWN_LIST } from '../../election/tally.ts';
import { Lists } from './lists.ts';
import { NO_UNIT, Scanner } from './scan.ts';
import { ballotLines } from '../../../test/ballot-lines.ts';

const election = smallElection();
const space = ballotSpace(election);
const roll = emptyRoll(space);
issue(roll, [0, 1024, 'n1', '18-64|f']);
issue(roll, [1024, 1000, 'n2', '65+|m']);
issue(roll, [3072, 2000, 's1', '18-64|m']);

/** Mostly lines whose place and cohort are the serial's own, since only those are recognised without the grammar. */
const lines = fc.array(
  fc
    .tuple(ballotLines(election), fc.integer({ min: 0, max: 9 }))
    .map(([line, chance]) => (chance === 0 ? line : ownUnit(line))),
  { maxLength: 40 },
);

function ownUnit(line: string): string {
  const [head = '', serial = ''] = /^\{"serial":(\d+)/.exec(line) ?? [];
  const [low, place, cohort] = [
    [0, 'n1', '18-64|f'],
    [1024, 'n2', '65+|m'],
    [3072, 's1', '18-64|m'],
  ][Number(serial) % 3] as [number, string, string];
  const rest = line
    .slice(head.length)
    .replace(/^,"place":"[^"]*","cohort":"[^"]*"/, `,"place":"${place}","cohort":"${cohort}"`);
  const odd = Number(serial) > 0xffff_ffff ? 2 ** 32 : 0;
  return `${head.replace(/[1-9]\d*$/, '')}${head === '' ? '' : odd + low + (Number(serial) % 900)}${rest}`;
}

/** What the scanner says of each line of a record. */
function scanned(record: Buffer, scanner: Scanner, lists: Lists): unknown[] {
  const said: unknown[] = [];
  scanner.open(record);
  while (!scanner.atEnd) {
    if (!scanner.next()) said.push('not canonical');
    else {
      scanner.readLists();
      const choices = Array.from(scanner.listIds.subarray(0, scanner.lists), (list) => [
        lists.contestId(list),
        lists.text(list),
      ]);
      const { serial, ownUnit, namedUnit, strays } = scanner;
      said.push({ serial, ownUnit, namedUnit, choices, strays });
    }
  }
  return said;
}

/** The same by the grammar alone. */
function matched(record: Buffer): unknown[] {
  const text = record.toString('latin1');
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').map((text) => {
    const line = matchLine(text);
    if (line === undefined) return 'not canonical';
    const all = [...readChoices(line.choices)];
    const known = all.filter(([id]) => election.contests.some((contest) => contest.id === id));
    const choices = known.map(([id, names]) => {
      const candidates = election.contests
        .find((contest) => contest.id === id)!
        .candidates.map((candidate) => candidate.id);
      return [id, names.every((name) => candidates.includes(name)) ? names.join(',') : UNKNOWN_LIST];
    });
    const namedUnit = unitIndex(space, line.place, line.cohort) ?? NO_UNIT;
    const ownUnit = unitOfSerial(roll, line.serial);
    return { serial: line.serial, ownUnit, namedUnit, choices, strays: all.length - known.length };
  });
}

describe('scanner', () => {
  it('[T1] reads every record as the grammar does, however hostile its lines', () => {
    const lists = new Lists(election.contests);
    const scanner = new Scanner(roll, lists);
    fc.assert(
      fc.property(lines, fc.boolean(), (lines, lastFeed) => {
        const record = Buffer.from(lines.join('\n') + (lastFeed ? '\n' : ''), 'latin1');
        expect(scanned(record, scanner, lists)).toEqual(matched(record));
      }),
      { numRuns: 2000 },
    );
  });

  it('[T1] reads a record cut anywhere as the grammar does', () => {
    const lists = new Lists(election.contests);
    const scanner = new Scanner(roll, lists);
    fc.assert(
      fc.property(lines, fc.nat(), (lines, cut) => {
        const whole = Buffer.from(lines.join('\n') + '\n', 'latin1');
        const record = whole.subarray(0, cut % (whole.length + 1));
        expect(scanned(record, scanner, lists)).toEqual(matched(record));
      }),
      { numRuns: 2000 },
    );
  });

  it('[T1] refuses a line of more than 4,096 bytes, even when it knows every part of it', () => {
    const names = Array.from({ length: 64 }, (_, at) => 'n'.repeat(at + 1));
    const candidates = names.map((name) => ({ id: name, name }));
    const contests = ['one', 'two'].map((id) => ({ id, title: id, method: 'approval' as const, candidates }));
    const scanner = new Scanner(roll, new Lists(contests));
    const choice = (id: string, some: readonly string[]): string =>
      `"${id}":[${some.map((name) => `"${name}"`).join(',')}]`;
    const line = (...choices: string[]): string =>
      `{"serial":1,"place":"n1","cohort":"18-64|f","choices":{${choices.join(',')}}}`;
    const known = choice('one', names);
    for (const bytes of [4095, 4096, 4097, 4098, 4099]) {
      // Names of 40 letters, 43 bytes with quotes and comma, and at last the one that fits.
      const some = [names[39]!];
      const missing = (): number => bytes - line(known, choice('two', some)).length;
      while (missing() > 60) some.push(names[39]!);
      some.push(names[missing() - 4]!);
      const other = choice('two', some);
      const whole = line(known, other);
      expect(whole.length).toBe(bytes);
      scanner.open(Buffer.from([line(known), line(other), whole].join('\n')));
      const read = [0, 1, 2].map(() => {
        const isBallot = scanner.next();
        if (isBallot) scanner.readLists();
        return isBallot;
      });
      expect(read).toEqual([true, true, bytes <= 4096]);
    }
  });

  it('[T1] reads a record that ends in the middle of a line at the very end of its memory', () => {
    const lists = new Lists(election.contests);
    const scanner = new Scanner(roll, lists);
    const line = '{"serial":1,"place":"n1","cohort":"18-64|f","choices":{"mayor":["ann"]}}\n';
    const memoryBytes = 2 ** 19;
    for (let cut = 1; cut < line.length; cut++) {
      const length = memoryBytes - 16;
      const tail = `\n${line}${line.slice(0, cut)}`;
      const record = Buffer.alloc(length, 'x');
      record.write(tail, length - tail.length);
      expect(scanned(record, scanner, lists)).toEqual(matched(record));
    }
  });

  it('[T1] takes the lines of a record of nothing but line feeds as lines not in canonical form', () => {
    const lists = new Lists(election.contests);
    const scanner = new Scanner(roll, lists);
    const said = scanned(Buffer.alloc(900_000, '\n'), scanner, lists);
    expect(said).toHaveLength(900_000);
    expect(new Set(said)).toEqual(new Set(['not canonical']));
  });
});
