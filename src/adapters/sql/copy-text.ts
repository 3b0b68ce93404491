// Hot path: every registration goes through here once.
import { LivetallyError } from '../../error.ts';
import type { DatabaseValue } from '../../ports/database.ts';

/** Enough that the cost of a statement or a message does not show, little enough that memory does not grow. */
const CHUNK_CHARACTERS = 256 * 1024;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** The statement that `copyText` is for; `from` is `STDIN`, or a file that the database sees. */
export function copyStatement(table: string, columns: readonly string[], from: string): string {
  return `COPY ${quoted(table)} (${columns.map(quoted).join(', ')}) FROM ${from}`;
}

/** Rows in the text format of COPY, in chunks that end at the end of a row. Throws LT_DATABASE at the character NUL. */
export function* copyText(
  columns: readonly string[],
  rows: Iterable<readonly DatabaseValue[]>,
): Generator<Uint8Array<ArrayBuffer>, void> {
  let chunk = '';
  let number = 0;
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new Error(`Row ${number} has ${row.length} values, not ${columns.length}.`);
    for (let at = 0; at < row.length; at++) {
      const field = copyField(row[at]!);
      if (field.includes('\0')) throw nulRefused(columns[at]!, number);
      chunk += at === 0 ? field : `\t${field}`;
    }
    chunk += '\n';
    number++;
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(chunk);
      chunk = '';
    }
  }
  if (chunk !== '') yield Buffer.from(chunk);
}

function copyField(value: DatabaseValue): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign]!) : value;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** With the SQLSTATE by which PostgreSQL would refuse it. */
function nulRefused(column: string, row: number): LivetallyError {
  return new LivetallyError('LT_DATABASE', `The column ${column} of row ${row} holds the character NUL.`, {
    next: 'Text in a database cannot hold it: take it out first.',
    cause: Object.assign(new Error('A character that text cannot hold.'), { code: '22021' }),
  });
}
