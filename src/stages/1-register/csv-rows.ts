import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { LivetallyError } from '../../error.ts';

/** The rows of a CSV file, the header too; memory does not grow with the file. */
export interface CsvFile {
  readonly path: string;
  /** Fields are trimmed. Throws LT_INPUT_FILE where the file stops being UTF-8 or well-formed. */
  rows(): AsyncGenerator<readonly string[]>;
}

const READ_BYTES = 256 * 1024;
const LONGEST_ROW = 64 * 1024; // a quote that is never closed is found here, and not at the end of the file
const SPREADSHEET = 'Save it as "CSV UTF-8" and try again.';

/** Finds out whether commas or semicolons separate. Throws LT_INPUT_FILE for what is not text. */
export async function openCsv(path: string): Promise<CsvFile> {
  const head = await readHead(path);
  if (head.length === 0) throw refusal(path, 'is empty', 'Name a file with a header and a row for each person.');
  if (head.subarray(0, 2).toString('latin1') === 'PK')
    throw refusal(path, 'is a workbook or archive, not CSV', SPREADSHEET);
  if (head.includes(0)) throw refusal(path, 'is not UTF-8 text', SPREADSHEET);
  const delimiter = delimiterOf(head.toString('utf8'));
  return { path, rows: () => parsed(path, delimiter) };
}

/** SHA-256 of the file, hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: READ_BYTES })) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

async function* parsed(path: string, delimiter: string): AsyncGenerator<readonly string[]> {
  const parser = parse({
    delimiter,
    relax_column_count: true, // each row is judged by itself
    max_record_size: LONGEST_ROW,
    trim: true,
  });
  // the error comes out of the parser, where the rows are read
  pipeline(Readable.from(decoded(path)), parser, () => undefined);
  try {
    for await (const row of parser) yield row as string[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause['lines'] === 'number' ? ` near line ${cause['lines']}` : '';
    throw refusal(path, `is not well-formed CSV${line} (${cause.code})`, 'Check the quotes there.', cause);
  }
}

/** As text, without a byte order mark. */
async function* decoded(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: READ_BYTES })) {
      yield decoder.decode(bytes as Buffer, { stream: true });
    }
    yield decoder.decode();
  } catch (cause) {
    throw refusal(path, 'is not UTF-8 text', SPREADSHEET, cause);
  }
}

async function readHead(path: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LONGEST_ROW), position: 0 });
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw refusal(path, 'cannot be read', 'Check its name and who may read it.', cause);
  }
}

/** Whichever of the two the header has more of, outside quotes. */
function delimiterOf(text: string): string {
  const header = /^[^\r\n]*/.exec(text)![0].replaceAll(/"[^"]*"/g, '');
  return header.split(';').length > header.split(',').length ? ';' : ',';
}

function refusal(path: string, what: string, next: string, cause?: unknown): LivetallyError {
  return new LivetallyError('LT_INPUT_FILE', `${path} ${what}.`, { next, cause });
}
