import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LivetallyError } from '../error.ts';

const DEMO = new URL('../../demo/', import.meta.url);
const ELECTION_FILE = 'election.yaml';
const SCHEMA = new URL('../../docs/election.schema.json', import.meta.url);

/**
 * Writes an election file to start from, and its JSON Schema beside it, so that editors complete and check it: a small
 * one with a comment to everything, or the demo with its portraits. Resolves with the path of the election file. Throws
 * LT_USAGE, having written nothing, when one of them is there already.
 */
export async function writeElectionTemplate(
  folder: string,
  options: { readonly demo?: boolean } = {},
): Promise<string> {
  const files = options.demo === true ? await demoFiles() : await electionFiles('template.yaml');
  const targets = [...files].map(([name, bytes]) => ({ path: join(folder, name), bytes }));
  for (const { path } of targets) if (existsSync(path)) throw thereAlready(path);
  for (const { path, bytes } of targets) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes, { flag: 'wx' });
  }
  return join(folder, ELECTION_FILE);
}

type Files = Map<string, string | Uint8Array>;

async function demoFiles(): Promise<Files> {
  const files = await electionFiles('election.yaml');
  for (const name of await readdir(new URL('portraits/', DEMO))) {
    files.set(join('portraits', name), await readFile(new URL(`portraits/${name}`, DEMO)));
  }
  return files;
}

/** The first line of an election file tells editors where the schema is: beside it, once written. */
async function electionFiles(name: string): Promise<Files> {
  const text = await readFile(new URL(name, DEMO), 'utf8');
  return new Map<string, string | Uint8Array>([
    [ELECTION_FILE, text.replace('$schema=../docs/', '$schema=./')],
    ['election.schema.json', await readFile(SCHEMA)],
  ]);
}

function thereAlready(path: string): LivetallyError {
  return new LivetallyError('LT_USAGE', `${path} is there already; nothing was written.`, {
    next: 'Name another folder, or move the file away.',
  });
}
