import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/ports/database.ts';
import { projectToEnd } from '../../src/stages/4-publish/project.ts';
import { allRows, openScene, type Scene } from '../projection-scene.ts';
import { smallElection } from '../small-election.ts';

const PEOPLE = 9000;

/** Kill so long after so many lines of this kind: in the making of the database, and in the middle of batches. */
export interface Kill {
  readonly line: 'opening' | 'step';
  readonly count: number;
  readonly waitMs: number;
}

/** Where a database is that another process opens, too. */
export interface SharedDatabase {
  /** What projecting.ts is told: a folder, or a URL. */
  readonly address: string;
  /** For the other process, besides our own. */
  readonly environment?: NodeJS.ProcessEnv;
  open(): Promise<Database>;
  /** Makes it as if it had never been. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

export function killedProjection(name: string, kills: readonly Kill[], create: () => Promise<SharedDatabase>): void {
  describe(name, () => {
    let scene: Scene;
    let shared: SharedDatabase;

    beforeAll(async () => {
      shared = await create();
      scene = await openScene(smallElection());
      await scene.register(PEOPLE);
      await scene.vote(40);
      await scene.report();
    });
    afterAll(async () => {
      await scene.drop();
      await shared.drop();
    });

    test('[X23] a projection killed at any moment goes on, and ends with the rows of a database made anew', async () => {
      for (const kill of kills) expectWhole(await runChild(scene, shared, kill));
      const lines = await runChild(scene, shared);
      expectWhole(lines);
      expect(lines.at(-1)).toBe('ended');

      const rows = await rowsAfterProjecting(scene, shared);
      expect(rows['voters']).toHaveLength(PEOPLE);
      await shared.empty();
      expect(await rowsAfterProjecting(scene, shared)).toEqual(rows);
    }, 180_000);
  });
}

/** What it says until it ends or is killed. */
async function runChild(scene: Scene, { address, environment }: SharedDatabase, kill?: Kill): Promise<string[]> {
  const program = join(import.meta.dirname, 'projecting.ts');
  const child = spawn(process.execPath, [program, scene.folder, address, scene.election.id], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
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

async function rowsAfterProjecting(scene: Scene, shared: SharedDatabase): Promise<Record<string, object[]>> {
  const database = await shared.open();
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  await projectToEnd({ log: scene.log, database, electionId: scene.election.id, logger });
  const rows = await allRows(database, scene.election.id);
  await database.close();
  return rows;
}
