import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPglite } from '../../src/adapters/pglite/pglite-database.ts';
import { projectToEnd } from '../../src/stages/4-publish/project.ts';
import { allRows, openScene, type Scene } from '../projection-scene.ts';
import { smallElection } from '../small-election.ts';

const PEOPLE = 9000;

/** Kill so long after so many lines of this kind: in the making of the database, and in the middle of batches. */
const KILLS = [
  { line: 'opening', count: 1, waitMs: 600 },
  { line: 'step', count: 1, waitMs: 0 },
  { line: 'step', count: 2, waitMs: 9 },
  { line: 'opening', count: 1, waitMs: 250 },
  { line: 'step', count: 3, waitMs: 17 },
];

let scene: Scene;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-crash-'));
  scene = await openScene(smallElection());
  await scene.register(PEOPLE);
  await scene.vote(40);
  await scene.report();
});
afterAll(async () => {
  await scene.drop();
  await rm(folder, { recursive: true });
});

test('[X23] a projection killed at any moment goes on, and ends with the rows of a database made anew', async () => {
  const killed = join(folder, 'killed');
  for (const kill of KILLS) expectWhole(await runChild(killed, kill));
  const lines = await runChild(killed);
  expectWhole(lines);
  expect(lines.at(-1)).toBe('ended');

  const rows = await rowsAfterProjecting(killed);
  expect(rows['voters']).toHaveLength(PEOPLE);
  await rm(killed, { recursive: true });
  expect(await rowsAfterProjecting(killed)).toEqual(rows);
}, 180_000);

/** What it says until it ends or is killed. */
async function runChild(database: string, kill?: (typeof KILLS)[number]): Promise<string[]> {
  const program = join(import.meta.dirname, 'projecting.ts');
  const child = spawn(process.execPath, [program, scene.folder, database, scene.election.id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (kill === undefined || lines.filter((said) => said === kill.line).length !== kill.count) continue;
    await pause(kill.waitMs);
    child.kill('SIGKILL');
  }
  return lines;
}

/** Whatever was killed before: as many rows as the position says. */
function expectWhole(lines: readonly string[]): void {
  const opened = lines.find((line) => line.startsWith('opened'));
  if (opened === undefined) return;
  const [, rows, position] = opened.split(' ');
  expect(rows).toBe(position);
}

async function rowsAfterProjecting(path: string): Promise<Record<string, object[]>> {
  const database = await openPglite(path);
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  await projectToEnd({ log: scene.log, database, electionId: scene.election.id, logger });
  const rows = await allRows(database, scene.election.id);
  await database.close();
  return rows;
}
