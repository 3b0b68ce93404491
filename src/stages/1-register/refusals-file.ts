import { open } from 'node:fs/promises';
import { LivetallyError } from '../../error.ts';
import { REFUSALS, type RefusalReason } from './roll-row.ts';

/** A row that was not taken. Rows are counted as a spreadsheet does: the header is row 1. */
interface Refusal {
  readonly row: number;
  /** As the file has it; empty when it has none. */
  readonly registrationNumber: string;
  readonly why: RefusalReason;
}

/** The report on a roll: a CSV of row, registration number and reason, which only its owner can read. */
export interface RefusalsFile {
  add(refusal: Refusal): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}

const BUFFERED = 64 * 1024;
const SHOWN = 300; // characters

/** Replaces an older report. */
export async function openRefusalsFile(path: string): Promise<RefusalsFile> {
  const file = await open(path, 'w', 0o600).catch((cause: unknown) => {
    throw new LivetallyError('LT_INPUT_FILE', `The report on refused rows ${path} cannot be written.`, {
      next: 'Name a file in a folder that you can write.',
      cause,
    });
  });
  let waiting = 'row,registration_number,reason\n';
  async function flush(): Promise<void> {
    await file.appendFile(waiting);
    waiting = '';
  }
  return {
    async add({ row, registrationNumber, why }) {
      waiting += `${row},${quoted(registrationNumber)},${quoted(`${why}: ${REFUSALS[why]}`)}\n`;
      if (waiting.length > BUFFERED) await flush();
    },
    async close() {
      await flush();
      await file.close();
    },
  };
}

/** What a spreadsheet would take for a formula gets an apostrophe in front: the text is a stranger's. */
function quoted(text: string): string {
  const shown = text.slice(0, SHOWN);
  return `"${(/^[=+\-@\t\r]/.test(shown) ? `'${shown}` : shown).replaceAll('"', '""')}"`;
}
