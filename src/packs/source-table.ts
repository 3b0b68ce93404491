import { parse } from 'csv-parse/sync';
import { LivetallyError } from '../error.ts';

/** A public result file as it was retrieved. */
export interface SourceFile {
  /** Shown in messages and kept in the pack; nothing is decided by it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A delimited file, split into cells. */
export interface SourceTable {
  readonly file: string;
  /** Lines before the header that start with `#`, without it. */
  readonly remarks: readonly string[];
  readonly header: readonly string[];
  readonly rows: readonly SourceRow[];
}

export interface SourceRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Of a file: far more than the precincts of the largest state have, and what fits into memory as cells. */
export const MOST_BYTES: number = 128 * 1024 * 1024;
/** Of a row, in characters: a quote that nothing closes must not make one cell of the whole file. */
const MOST_IN_ROW = 256 * 1024;

/** Splits a file at `;`, `,` or tab, whichever its header has most of. Throws LT_INPUT_FILE. */
export function readTable(source: SourceFile): SourceTable {
  const { length } = source.bytes;
  if (length > MOST_BYTES) throw inputError(source.name, `it has ${length} bytes, and may have ${MOST_BYTES}.`);
  const lines = decodeText(source.bytes).split(/\r?\n/);
  const headerAt = lines.findIndex((line) => line.trim() !== '' && !isRemark(line));
  if (headerAt < 0) throw inputError(source.name, 'the file holds no table.');
  const parsed = parseRows(source.name, lines.slice(headerAt).join('\n'), delimiterOf(lines[headerAt]!));
  const rows = parsed.map(({ record, info }) => ({ line: info.lines + headerAt, cells: record }));
  return {
    file: source.name,
    remarks: lines.slice(0, headerAt).filter(isRemark).map(remarkText),
    header: (rows[0]?.cells ?? []).map((name) => name.trim()),
    rows: rows.slice(1),
  };
}

/** The place of a column in each row. Throws LT_INPUT_FILE when the header does not have it. */
export function columnAt(table: SourceTable, name: string): number {
  const at = table.header.indexOf(name);
  if (at < 0) throw inputError(table.file, `the column '${name}' is missing.`);
  return at;
}

/** The places of several columns, by their names. Throws LT_INPUT_FILE. */
export function columnsAt<Name extends string>(table: SourceTable, names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, columnAt(table, name)])) as Record<Name, number>;
}

/** A cell without the spaces around it; empty where the table has no such column. */
export function textAt(row: SourceRow, column: number): string {
  return (row.cells[column] ?? '').trim();
}

/** A number of votes. Throws LT_INPUT_FILE on anything but digits: a guess would become a result. */
export function countAt(table: SourceTable, row: SourceRow, column: number): number {
  const text = textAt(row, column);
  if (/^[0-9]{1,10}$/.test(text)) return Number(text);
  throw inputError(table.file, `'${text}' in column '${table.header[column]}' is not a whole number.`, row.line);
}

/** Where the source leaves a cell empty for "does not stand here", that is 0. */
export function countOrNoneAt(table: SourceTable, row: SourceRow, column: number): number {
  return textAt(row, column) === '' ? 0 : countAt(table, row, column);
}

export function inputError(file: string, what: string, line?: number): LivetallyError {
  return new LivetallyError('LT_INPUT_FILE', `${file}${line === undefined ? '' : `:${line}`}: ${what}`, {
    next: 'Retrieve the file again from its publisher, unchanged.',
  });
}

/** The file contradicts itself, so that no count of it can be right. */
export function refused(file: string, what: string): LivetallyError {
  return new LivetallyError('LT_PACK_REFUSED', `${file}: ${what}`, {
    next: 'Nothing was imported. Correct the file, or use one of the publisher that adds up.',
  });
}

/** False for spreadsheets, archives and the like: no text but UTF-16 holds a zero byte. */
export function isText({ bytes }: SourceFile): boolean {
  return isUtf16(bytes) || !bytes.includes(0);
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** UTF-8 or UTF-16 by the mark at the start, else UTF-8, else the Western European bytes of older files. */
function decodeText(bytes: Uint8Array): string {
  if (isUtf16(bytes)) return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function isRemark(line: string): boolean {
  return line.startsWith('#');
}

/** Spreadsheets pad remarks with empty cells. */
function remarkText(line: string): string {
  return line
    .slice(1)
    .replace(/[;,\s]+$/, '')
    .trim();
}

function delimiterOf(header: string): string {
  const found = (sign: string): number => header.split(sign).length;
  return [';', ',', '\t'].reduce((best, sign) => (found(sign) > found(best) ? sign : best));
}

interface ParsedRow {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function parseRows(file: string, text: string, delimiter: string): ParsedRow[] {
  try {
    return parse(text, {
      delimiter,
      info: true,
      max_record_size: MOST_IN_ROW,
      skip_empty_lines: true,
    }) as unknown as ParsedRow[];
  } catch (cause) {
    throw inputError(file, `the table is broken: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}
