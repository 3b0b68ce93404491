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

/** What the scanner says of each line of a record. */
function scanned(record: Buffer, scanner: Scanner, lists: Lists): unknown[] {
  const said: unknown[] = [];
  scanner.open(record);
  while (!scanner.atEnd) {
    if (!scanner.next()) said.push('not canonical');
    else {
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
      fc.property(fc.array(ballotLines(election), { maxLength: 40 }), fc.boolean(), (lines, lastFeed) => {
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
      fc.property(fc.array(ballotLines(election), { minLength: 1, maxLength: 5 }), fc.nat(), (lines, cut) => {
        const whole = Buffer.from(lines.join('\n') + '\n', 'latin1');
        const record = whole.subarray(0, cut % (whole.length + 1));
        expect(scanned(record, scanner, lists)).toEqual(matched(record));
      }),
      { numRuns: 2000 },
    );
  });

  it('[T1] takes the lines of a record of nothing but line feeds as lines not in canonical form', () => {
    const lists = new Lists(election.contests);
    const scanner = new Scanner(roll, lists);
    const said = scanned(Buffer.alloc(900_000, '\n'), scanner, lists);
    expect(said).toHaveLength(900_000);
    expect(new Set(said)).toEqual(new Set(['not canonical']));
  });
});
