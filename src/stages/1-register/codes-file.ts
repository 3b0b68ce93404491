import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { VotingCodes } from '../../election/code.ts';
import type { Serial } from '../../election/ids.ts';
import { LivetallyError } from '../../error.ts';

/**
 * The codes to hand out: a CSV of registration_number,code. It is the only place where a person and a voting code
 * meet: hand the codes out, then destroy it, and nobody can tell whose ballot is whose. It cannot be made again.
 *
 * A row once written stays: a registration that died and goes on with the same file keeps its rows.
 */
export interface CodesFile {
  /** The serials of those among `numbers` that have a row. */
  find(numbers: ReadonlySet<string>): Promise<Map<string, Serial>>;
  /** Resolves when the rows are on the disk. */
  append(rows: readonly CodeRow[]): Promise<void>;
  close(): Promise<void>;
}

/** A registration number has no comma, quote or line break in it (roll-row.ts). */
export type CodeRow = readonly [registrationNumber: string, serial: Serial];

const HEADER = 'registration_number,code\n';
const READABLE_BY_OTHERS = 0o077;
const TAIL_BYTES = 4096; // many times the longest row

/** Makes the file, or goes on with it. Throws LT_INPUT_FILE for a file that is none of ours, or that others can read. */
export async function openCodesFile(path: string, codes: VotingCodes): Promise<CodesFile> {
  const file = await openPrivate(path);
  try {
    await prepare(file, path, codes);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    async find(numbers) {
      const found = new Map<string, Serial>();
      for await (const line of createInterface({ input: createReadStream(path) })) {
        const [number = '', code = ''] = line.split(',');
        if (numbers.has(number)) found.set(number, serialOf(code, codes, path));
      }
      return found;
    },
    async append(rows) {
      await file.appendFile(rows.map(([number, serial]) => `${number},${codes.codeOf(serial)}\n`).join(''));
      await file.datasync();
    },
    close: () => file.close(),
  };
}

async function openPrivate(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, 'a+', 0o600);
  } catch (cause) {
    throw refusal(`The codes file ${path} cannot be written.`, 'Name a file in a folder that you can write.', cause);
  }
  const { mode } = await file.stat();
  if (process.platform === 'win32' || (mode & READABLE_BY_OTHERS) === 0) return file;
  await file.close();
  throw refusal(`The codes file ${path} can be read by others.`, `Run \`chmod 600 ${path}\`, or name a new file.`);
}

/** A new file gets its header; of an old one the row that a crash cut off goes. */
async function prepare(file: FileHandle, path: string, codes: VotingCodes): Promise<void> {
  const { size } = await file.stat();
  const head = await readAt(file, 0, HEADER.length);
  if (HEADER.startsWith(head) && size < HEADER.length) {
    await file.truncate(0);
    await file.appendFile(HEADER);
    return;
  }
  if (head !== HEADER) throw refusal(`${path} is not a file of voting codes.`, 'Name a new file.');
  const tail = await readAt(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
  const whole = tail.slice(0, tail.lastIndexOf('\n') + 1);
  await file.truncate(size - (tail.length - whole.length));
  const lastRow = whole.trimEnd().split('\n').at(-1)!;
  if (`${lastRow}\n` !== HEADER) serialOf(lastRow.split(',')[1] ?? '', codes, path);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
  return buffer.toString('latin1', 0, bytesRead); // a byte a character, so that lengths are bytes
}

function serialOf(code: string, codes: VotingCodes, path: string): Serial {
  const reading = codes.read(code);
  if ('serial' in reading) return reading.serial;
  throw refusal(
    `${path} holds codes of another election or another key.`,
    'Name a new file, or use the key it was made with.',
  );
}

function refusal(message: string, next: string, cause?: unknown): LivetallyError {
  return new LivetallyError('LT_INPUT_FILE', message, { next, cause });
}
