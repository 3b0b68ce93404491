import { existsSync } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseElection } from '../election/definition.ts';
import { electionSchema } from '../election/election-schema.ts';
import type { Candidate, Election } from '../election/election.ts';
import { LivetallyError } from '../error.ts';

export const DEMO_FILE: string = fileURLToPath(new URL('../../demo/election.yaml', import.meta.url));

/** Photos travel with the election, in its first event, so they have to be small. */
const PHOTO_BYTES = 64 * 1024;
const PHOTO_TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** Undefined: the data folder holds no election yet. Throws LT_DATA_FOLDER when its file is damaged. */
export async function keptElection(kept: string): Promise<Election | undefined> {
  if (!existsSync(kept)) return undefined;
  try {
    return electionSchema.parse(JSON.parse(await readFile(kept, 'utf8')));
  } catch (cause) {
    throw new LivetallyError('LT_DATA_FOLDER', `${kept}, the copy of the election file, is damaged.`, {
      next: 'Delete it and name the election file with `--election`: the log knows whether it is the same election.',
      cause,
    });
  }
}

/** Whole or not at all, and only when it changed: a start must not need room on the disk. */
export async function keepElection(kept: string, election: Election): Promise<void> {
  const text = JSON.stringify(election);
  if (existsSync(kept) && (await readFile(kept, 'utf8')) === text) return;
  await writeFile(`${kept}.new`, text, { mode: 0o600 });
  await rename(`${kept}.new`, kept);
}

/** Reads an election file and the photos beside it. Throws LT_ELECTION_FILE. */
export async function loadElection(file: string): Promise<Election> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new LivetallyError('LT_ELECTION_FILE', `The election file ${file} cannot be read.`, {
      next: 'Check the path, or write a new file with `livetally init`.',
      cause,
    });
  });
  const election = parseElection(text, file);
  const folder = dirname(resolve(file));
  const contests = election.contests.map(async (contest) => ({
    ...contest,
    candidates: await Promise.all(contest.candidates.map((candidate) => withPhoto(candidate, folder))),
  }));
  return { ...election, contests: await Promise.all(contests) };
}

async function withPhoto(candidate: Candidate, folder: string): Promise<Candidate> {
  const { photo } = candidate;
  if (photo === undefined || photo.startsWith('data:')) return candidate;
  const file = resolve(folder, photo);
  const type = PHOTO_TYPES[extname(file).toLowerCase()];
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  const problem = photoProblem(type, size);
  if (problem !== undefined) {
    throw new LivetallyError('LT_ELECTION_FILE', `The photo ${photo} of ${candidate.id} ${problem}.`, {
      next: 'Put the file beside the election file, or leave the photo out.',
    });
  }
  const bytes = await readFile(file);
  return { ...candidate, photo: `data:${type};base64,${bytes.toString('base64')}` };
}

function photoProblem(type: string | undefined, size: number | undefined): string | undefined {
  if (type === undefined) return `is none of ${Object.keys(PHOTO_TYPES).join(', ')}`;
  if (size === undefined) return 'cannot be read';
  return size > PHOTO_BYTES ? `is larger than ${PHOTO_BYTES / 1024} kB` : undefined;
}
