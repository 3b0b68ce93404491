import { describe, expect, test } from 'vitest';
import { importPack } from './import-pack.ts';
import { columnAt, MOST_BYTES, readTable, textAt } from './source-table.ts';

const TEXT = '# © Amt;;\n\n# zwei\nOrt;"Straße; Nr.";Zahl\nKöln;"Am ""Tor""; 5";7\n\nBonn; x ;8\n';

const ENCODED: readonly (readonly [string, Uint8Array])[] = [
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16, little end first', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16()],
  ['Western European bytes', Buffer.from(TEXT, 'latin1')],
  ['lines that end in CRLF', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
];

describe('a result file', () => {
  test.each(ENCODED)('[I1] is read from %s', (_, bytes) => {
    const table = readTable({ name: 'f.csv', bytes });
    expect(table.remarks).toEqual(['© Amt', 'zwei']);
    expect(table.header).toEqual(['Ort', 'Straße; Nr.', 'Zahl']);
    expect(table.rows.map(({ line, cells }) => [line, ...cells])).toEqual([
      [5, 'Köln', 'Am "Tor"; 5', '7'],
      [7, 'Bonn', ' x ', '8'],
    ]);
    expect(textAt(table.rows[1]!, columnAt(table, 'Straße; Nr.'))).toBe('x');
  });

  test.each([
    ['a table of another kind', Buffer.from('name,age\nAda,36\n')],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004\u0000\u0000"')],
  ])('[I1] that is %s is refused with what is understood', (_, bytes) => {
    expect(() => importPack({ name: 'people.csv', bytes })).toThrow(
      expect.objectContaining({
        code: 'LT_INPUT_FILE',
        message: expect.stringMatching(
          /people\.csv.*Understood are:\n.*representative statistics.*\n.*constituency table.*\n.*OpenElections/,
        ) as string,
      }),
    );
  });

  test.each([
    ['nothing', '', /holds no table/],
    ['a quote without an end', `county,precinct,office,candidate,votes\n"${'a,'.repeat(200_000)}`, /table is broken/],
    ['more than fits into memory', ' '.repeat(MOST_BYTES + 1), /bytes, and may have/],
    ['rows of different lengths', 'county,precinct,office,candidate,votes\na,b,c\n', /table is broken/],
  ])('[I1] that holds %s is refused', (_, text, message) => {
    expect(() => importPack({ name: 'f.csv', bytes: Buffer.from(text) })).toThrow(
      expect.objectContaining({ code: 'LT_INPUT_FILE', message: expect.stringMatching(message) as string }),
    );
  });

  test('[I1] names the election, unless a name is given; one that no election can have is refused', () => {
    const bytes = Buffer.from('county,precinct,office,candidate,votes\na,b,Mayor,x,1\n');
    expect(importPack({ name: 'Straße 2020 (final).csv', bytes }).election.id).toBe('strasse-2020-final');
    expect(importPack({ name: 'f.csv', bytes }, { id: 'mine' }).origin.name).toBe('mine');
    expect(() => importPack({ name: 'f.csv', bytes }, { id: 'a b' })).toThrow(
      /f\.csv: the election's id is not an id:/,
    );
  });
});
