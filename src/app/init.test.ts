import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeElectionTemplate } from './init.ts';
import { loadElection } from './load-election.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-init-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('[F15] the small election file is one that loads, with its schema beside it', async () => {
  const file = await writeElectionTemplate(join(folder, 'new', 'club'));
  expect(file).toBe(join(folder, 'new', 'club', 'election.yaml'));
  expect(await readdir(join(folder, 'new', 'club'))).toEqual(['election.schema.json', 'election.yaml']);
  const election = await loadElection(file);
  expect(election.contests.map(({ method }) => method)).toEqual(['plurality', 'approval']);
  expect(await readFile(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\/election\.schema\.json\n/);
});

it('[F15] the demo comes with its portraits', async () => {
  const file = await writeElectionTemplate(folder, { demo: true });
  const election = await loadElection(file);
  const photos = election.contests.flatMap(({ candidates }) => candidates.map(({ photo }) => photo));
  expect(photos).toHaveLength(4);
  for (const photo of photos) expect(photo).toMatch(/^data:image\/svg\+xml;base64,/);
});

it('[F15] overwrites nothing, and then writes nothing', async () => {
  await writeFile(join(folder, 'election.schema.json'), 'mine');
  await expect(writeElectionTemplate(folder)).rejects.toMatchObject({ code: 'LT_USAGE' });
  expect(await readdir(folder)).toEqual(['election.schema.json']);
  expect(await readFile(join(folder, 'election.schema.json'), 'utf8')).toBe('mine');
});
