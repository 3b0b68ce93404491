import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivetallyError } from '../error.ts';
import { isLocked, takeLock } from './file-lock.ts';

/** Who has a data folder. */
export interface Owner {
  readonly pid: number;
  readonly command: string;
  /** ISO time. */
  readonly since: string;
  /** Where it answers over HTTP, once it does. */
  readonly url?: string;
}

/** One process has it at a time. It is let go by `close`, and by the end of the process, however that comes. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Tells others where this process answers. */
  setUrl(url: string): Promise<void>;
  close(): Promise<void>;
}

/** How long to wait for an owner to write its name, which it does as soon as it has the lock. */
const NAME_MS = 1000;
const NAME_POLL_MS = 10;

/**
 * Creates the folder if need be, for its owner's eyes only. Throws LT_DATA_LOCKED when another process has it,
 * LT_DATA_FOLDER when it cannot be used.
 */
export async function openDataFolder(
  path: string,
  { command }: { readonly command: string },
  now: () => number = Date.now,
): Promise<DataFolder> {
  const folder = resolve(path);
  const lock = await usable(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return takeLock(lockFile(folder));
  });
  if (lock === undefined) throw locked(folder, await nameOf(folder));

  const owner: Owner = { pid: process.pid, command, since: new Date(now()).toISOString() };
  await usable(folder, () => writeOwner(folder, owner));

  return {
    path: folder,
    setUrl: (url) => writeOwner(folder, { ...owner, url }),
    async close(): Promise<void> {
      await rm(ownerFile(folder), { force: true });
      lock.release();
    },
  };
}

/** A data folder in which nothing is kept: nobody has it, it is not even made. */
export function unownedFolder(path: string): DataFolder {
  return { path: resolve(path), setUrl: async () => undefined, close: async () => undefined };
}

/** The process that has the folder now, or undefined when none has. */
export async function readOwner(path: string): Promise<Owner | undefined> {
  const folder = resolve(path);
  const taken = await usable(folder, async () => existsSync(lockFile(folder)) && isLocked(lockFile(folder)));
  return taken ? await nameOf(folder) : undefined;
}

/** A name that a killed process left behind is not the owner's, who is about to write its own. */
async function nameOf(folder: string): Promise<Owner | undefined> {
  for (let waitedMs = 0; waitedMs < NAME_MS; waitedMs += NAME_POLL_MS) {
    const owner = await lastName(folder);
    if (owner !== undefined && runs(owner.pid)) return owner;
    await sleep(NAME_POLL_MS);
  }
  return undefined;
}

async function lastName(folder: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(ownerFile(folder), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a reader never finds half a name. */
async function writeOwner(folder: string, owner: Owner): Promise<void> {
  const draft = `${ownerFile(folder)}.draft`;
  await writeFile(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  await rename(draft, ownerFile(folder));
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function lockFile(folder: string): string {
  return join(folder, 'lock');
}

function ownerFile(folder: string): string {
  return join(folder, 'owner.json');
}

async function usable<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new LivetallyError('LT_DATA_FOLDER', `The data folder ${folder} cannot be used: ${String(cause)}.`, {
      next: 'Choose a folder on a local disk that you may write to.',
      cause,
    });
  }
}

const ONE_AT_A_TIME =
  'One process at a time has a data folder; `livetally start` runs every stage and the page in one. ' +
  'Stop that process first, or use another folder with `--data`.';

function locked(folder: string, owner: Owner | undefined): LivetallyError {
  if (owner === undefined) {
    return new LivetallyError('LT_DATA_LOCKED', `Another process has the data folder ${folder}.`, {
      next: ONE_AT_A_TIME,
    });
  }
  const { command, pid, since, url } = owner;
  const who = `\`${command}\` (process ${pid}, since ${since}${url === undefined ? '' : `, at ${url}`})`;
  return new LivetallyError('LT_DATA_LOCKED', `The data folder ${folder} is in use by ${who}.`, {
    next: url === undefined ? ONE_AT_A_TIME : `Open ${url}, or ask it with \`livetally status\`. ${ONE_AT_A_TIME}`,
  });
}
