import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LivetallyError } from '../error.ts';

const KEY_BYTES = 32;
const KEY_TEXT = new RegExp(`^[0-9a-f]{${KEY_BYTES * 2}}$`, 'i');
const READABLE_BY_OTHERS = 0o077;
const MAKE_ONE = 'Make one with `openssl rand -hex 32`.';

/**
 * The key of the voting codes: LIVETALLY_KEY, or the file that LIVETALLY_KEY_FILE names, or else `voting.key` in the
 * data folder, which is made when it is missing. Whoever has it can make codes. Throws LT_VOTING_KEY.
 */
export async function openVotingKey(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Uint8Array> {
  const { LIVETALLY_KEY: text, LIVETALLY_KEY_FILE: file } = environment;
  if (text !== undefined && file !== undefined) {
    throw refusal('LIVETALLY_KEY and LIVETALLY_KEY_FILE are both set.', 'Unset one of them.');
  }
  if (text !== undefined) return parseKey(text, 'LIVETALLY_KEY');
  if (file !== undefined) return readKey(file);
  const own = join(dataFolder, 'voting.key');
  await createKey(own);
  return readKey(own);
}

/** Leaves a key that is there as it is. Whole or not at all: who is killed here leaves no key that nobody can read. */
async function createKey(path: string): Promise<void> {
  if (existsSync(path)) return;
  try {
    const draft = `${path}.draft`;
    await using file = await open(draft, 'w', 0o600);
    await file.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`);
    await file.sync();
    await rename(draft, path);
  } catch (cause) {
    throw refusal(`The voting key ${path} cannot be made.`, 'Check that the data folder can be written.', cause);
  }
}

async function readKey(path: string): Promise<Uint8Array> {
  let text: string;
  try {
    const { mode } = await stat(path);
    // Windows has no such bits
    if (process.platform !== 'win32' && (mode & READABLE_BY_OTHERS) !== 0) {
      throw refusal(
        `The voting key ${path} can be read by others.`,
        `Run \`chmod 600 ${path}\`; if others may have read it, use a new key.`,
      );
    }
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof LivetallyError) throw cause;
    throw refusal(`The voting key ${path} cannot be read.`, 'Check LIVETALLY_KEY_FILE and who owns the file.', cause);
  }
  return parseKey(text, path);
}

/** The message names where the key came from, never what it holds. */
function parseKey(text: string, from: string): Uint8Array {
  const key = text.trim();
  if (!KEY_TEXT.test(key)) throw refusal(`${from} does not hold ${KEY_BYTES * 2} hexadecimal digits.`, MAKE_ONE);
  return Buffer.from(key, 'hex');
}

function refusal(message: string, next: string, cause?: unknown): LivetallyError {
  return new LivetallyError('LT_VOTING_KEY', message, { next, cause });
}
