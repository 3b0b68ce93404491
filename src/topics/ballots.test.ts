import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalLines } from '../../test/ballot-lines.ts';
import { smallElection } from '../../test/small-election.ts';
import type { Serial } from '../election/ids.ts';
import { ballotLine, linesOf, matchLine, readChoices } from './ballots.ts';

const line = (serial: string, choices = '{"mayor":["ann"]}'): string =>
  `{"serial":${serial},"place":"n1","cohort":"18-64|f","choices":${choices}}`;

describe('grammar', () => {
  it('[T1] reads what ballotLine writes', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9._|+-]{1,64}$/);
    const choices = fc.uniqueArray(fc.tuple(id, fc.array(id, { maxLength: 4 })), {
      selector: ([contest]) => contest,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), id, id, choices, (serial, place, cohort, lists) => {
        const found = matchLine(ballotLine(serial as Serial, place, cohort, lists));
        expect(found).toMatchObject({ serial, place, cohort });
        expect([...readChoices(found!.choices)]).toEqual(lists);
      }),
    );
  });

  it('[T1] agrees with JSON about every line it accepts', () => {
    fc.assert(
      fc.property(canonicalLines(smallElection()), (text) => {
        const found = matchLine(text);
        if (found === undefined) return;
        const json = JSON.parse(text) as { serial: number; choices: Record<string, string[]> };
        expect(found.serial).toBe(json.serial);
        expect(new Map(Object.entries(json.choices))).toEqual(readChoices(found.choices));
      }),
    );
  });

  it.each(['0', '1', '9', '10', '999999999', '1000000000', '4294967294', '4294967295'])(
    '[T1] takes the serial %s',
    (serial) => {
      expect(matchLine(line(serial))?.serial).toBe(Number(serial));
    },
  );

  it.each(['', '-1', '01', '1.0', '1e3', '+1', '"1"', '4294967296', '4300000000', '9999999999', '10000000000', '١'])(
    '[T1] refuses the serial %s',
    (serial) => {
      expect(matchLine(line(serial))).toBeUndefined();
    },
  );

  it.each([
    ['a contest twice', line('1', '{"mayor":["ann"],"parks":[],"mayor":["bob"]}')],
    ['a byte order mark', `\ufeff${line('1')}`],
    ['a carriage return', `${line('1')}\r`],
    ['white space', line('1').replace(',', ', ')],
    ['another key', line('1').replace('}}', '},"voter":"x"}')],
    ['another order', '{"place":"n1","serial":1,"cohort":"18-64|f","choices":{}}'],
    ['an escape', line('1').replace('mayor', 'm\\u0061yor')],
    ['an id of 65 characters', line('1').replace('mayor', 'm'.repeat(65))],
    ['a trailing comma', line('1', '{"mayor":["ann",]}')],
    ['4,097 bytes', line('1', `{"mayor":[${Array.from({ length: 700 }, () => '"ann"').join(',')}]}`).padEnd(4097, '}')],
    ['a cut line', line('1').slice(0, -1)],
  ])('[T1] refuses %s', (_what, text) => {
    expect(matchLine(text)).toBeUndefined();
  });
});

describe('linesOf', () => {
  it.each([
    ['', []],
    ['\n', ['']],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb', ['a', '', 'b']],
    ['\n\n', ['', '']],
    ['é\n', ['Ã©']],
  ])('[T1] of %j', (text, lines) => {
    expect(linesOf(Buffer.from(text))).toEqual(lines);
  });
});
