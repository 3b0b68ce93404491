import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { electionSchema } from '../election/election-schema.ts';
import { parseElection } from '../election/definition.ts';
import { LivetallyError } from '../error.ts';
import { ballotsCsv, readUnits, rollCsv } from './ballots-csv.ts';
import type { ExpectedRow, Pack } from './pack.ts';
import { MOST_BYTES } from './source-table.ts';
import { misfitOf } from './units-fit.ts';

/**
 * A pack as a folder: `election.yaml` is an election file like any other, `roll.csv` and `ballots.csv` are its voters
 * and ballots as counts, `expected.json` the official figures, one row a line. `pack.json` says where they come from
 * and holds the SHA-256 of the others.
 */
const FORMAT = 1;
const FILES = ['election.yaml', 'roll.csv', 'ballots.csv', 'expected.json'] as const;
type PackFile = (typeof FILES)[number];

const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
const whole = z.int().min(0);

const packSchema = z.strictObject({
  format: z.literal(FORMAT),
  // Stands in every event that issues the roll.
  name: z.string().max(200),
  source: z.string(),
  licence: z.string(),
  retrievedFrom: z.strictObject({ file: z.string(), sha256: sha256Text }),
  notes: z.array(z.string()),
  files: z.strictObject({
    'election.yaml': sha256Text,
    'roll.csv': sha256Text,
    'ballots.csv': sha256Text,
    'expected.json': sha256Text,
  }),
});

const expectedSchema: z.ZodType<ExpectedRow[]> = z.array(
  z.strictObject({
    name: z.string(),
    contest: z.string().optional(),
    breakdown: z.string(),
    values: z.array(z.string()),
    figures: z.strictObject({
      eligible: whole.optional(),
      ballots: whole.optional(),
      cast: whole.optional(),
      blank: whole.optional(),
      rejected: whole.optional(),
      votes: z.array(whole).optional(),
    }),
    padding: whole.optional(),
    tolerance: whole,
    source: z.string(),
  }),
);

/** The same pack gives the same bytes: no time and no machine is in them, and the schemas order the keys. */
export async function writePack(pack: Pack, folder: string): Promise<void> {
  const contests = pack.election.contests.map(({ id }) => id);
  const texts: Record<PackFile, string> = {
    'election.yaml': stringify(electionSchema.parse(pack.election), { lineWidth: 0, aliasDuplicateObjects: false }),
    'roll.csv': rollCsv(pack.units),
    'ballots.csv': ballotsCsv(contests, pack.units),
    'expected.json': `[\n${expectedSchema
      .parse(pack.expected)
      .map((row) => JSON.stringify(row))
      .join(',\n')}\n]\n`,
  };
  const files = Object.fromEntries(FILES.map((file) => [file, sha256(texts[file])]));
  await mkdir(folder, { recursive: true });
  for (const file of FILES) await writeFile(join(folder, file), texts[file]);
  // Last, so that a folder without it is a pack that was never finished.
  const about = packSchema.parse({ format: FORMAT, ...pack.origin, files });
  await writeFile(join(folder, 'pack.json'), `${JSON.stringify(about, null, 2)}\n`);
}

/**
 * Throws LT_INPUT_FILE, naming the file, when one is missing, changed, or does not fit the others; LT_ELECTION_FILE
 * when its election file is wrong.
 */
export async function readPack(folder: string): Promise<Pack> {
  const about = parsed(join(folder, 'pack.json'), await bytesOf(folder, 'pack.json'), packSchema);
  const bytes = new Map<PackFile, Buffer>();
  for (const file of FILES) {
    const content = await bytesOf(folder, file);
    if (sha256(content) !== about.files[file])
      throw unreadable(join(folder, file), 'it was changed: its SHA-256 is not the one in pack.json');
    bytes.set(file, content);
  }
  const source = (file: PackFile): { name: string; bytes: Buffer } => ({
    name: join(folder, file),
    bytes: bytes.get(file)!,
  });
  const election = parseElection(bytes.get('election.yaml')!.toString(), join(folder, 'election.yaml'));
  const contests = election.contests.map(({ id }) => id);
  const units = readUnits(source('roll.csv'), source('ballots.csv'), contests);
  const misfit = misfitOf(election, units);
  if (misfit !== undefined) throw unreadable(folder, misfit);
  const { format: _format, files: _files, ...origin } = about;
  return {
    origin,
    election,
    units,
    expected: parsed(join(folder, 'expected.json'), bytes.get('expected.json')!, expectedSchema),
  };
}

async function bytesOf(folder: string, file: string): Promise<Buffer> {
  const path = join(folder, file);
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, and may have ${MOST_BYTES}`);
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function parsed<Shape>(path: string, bytes: Buffer, schema: z.ZodType<Shape>): Shape {
  try {
    return schema.parse(JSON.parse(bytes.toString()));
  } catch (cause) {
    throw unreadable(path, `it is not the ${basename(path)} of a pack of format ${FORMAT}`, cause);
  }
}

function unreadable(path: string, what: string, cause?: unknown): LivetallyError {
  return new LivetallyError('LT_INPUT_FILE', `${path}: ${what}.`, {
    next: 'Make the pack again with `livetally import`.',
    cause,
  });
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
