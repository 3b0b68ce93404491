import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDataFolder, readOwner } from './data-folder.ts';

const START = { command: 'livetally start' };

/** A process that takes the folder, says `has it` or the code of its error, and stays. */
const TAKER = `
  const { openDataFolder } = await import(process.argv[1]);
  try {
    const folder = await openDataFolder(process.argv[2], { command: 'livetally vote' });
    await folder.setUrl('http://127.0.0.1:8501');
    console.log('has it');
    setInterval(() => folder.path, 1000);
  } catch (error) {
    console.log(error.code + ' ' + error.message);
  }
`;

let parent: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'livetally-folder-'));
  path = join(parent, 'not', 'there', 'yet');
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(parent, { recursive: true, force: true });
});

async function startTaker(): Promise<{ child: ChildProcess; said: string }> {
  const source = new URL('data-folder.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', TAKER, source, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const said of createInterface({ input: child.stdout })) return { child, said };
  throw new Error('The process ended without a word.');
}

it('[X11] data folder: is created for its owner alone', async () => {
  const folder = await openDataFolder(path, START);
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  await folder.close();
});

it('[X12] data folder: refuses a second taker, naming process, command, time and address of the first', async () => {
  const { child, said } = await startTaker();
  expect(said).toBe('has it');

  const refused = openDataFolder(path, START);

  await expect(refused).rejects.toMatchObject({
    code: 'LT_DATA_LOCKED',
    message: expect.stringMatching(
      new RegExp(`livetally vote.*process ${child.pid}, since 20[-0-9T:.]+Z, at http://127.0.0.1:8501`),
    ) as string,
    next: expect.stringContaining('http://127.0.0.1:8501') as string,
  });
});

it('[X12] data folder: refuses a second taker in the same process', async () => {
  const folder = await openDataFolder(path, START);
  await expect(openDataFolder(path, START)).rejects.toMatchObject({ code: 'LT_DATA_LOCKED' });
  await folder.close();
});

it('[X13] data folder: can be taken again once it is closed', async () => {
  await (await openDataFolder(path, START)).close();
  const again = await openDataFolder(path, START);
  await again.close();
});

it('[X13] data folder: can be taken after its owner was killed', async () => {
  const { child } = await startTaker();
  await kill(child);

  const folder = await openDataFolder(path, START, () => 0);

  expect(await readOwner(path)).toEqual({ pid: process.pid, ...START, since: '1970-01-01T00:00:00.000Z' });
  await folder.close();
});

it('[X14] data folder: goes to exactly one of several that want it at once, also where a killed process had it', async () => {
  for (let round = 0; round < 2; round++) {
    const takers = await Promise.all([startTaker(), startTaker(), startTaker()]);
    const said = takers.map((taker) => taker.said).sort();
    expect(said.filter((word) => word === 'has it')).toHaveLength(1);
    const winner = takers.find((taker) => taker.said === 'has it')?.child.pid;
    for (const word of said.filter((other) => other !== 'has it')) {
      expect(word).toContain('LT_DATA_LOCKED');
      expect(word).toContain(`process ${winner},`);
    }
    await Promise.all(children.splice(0).map(kill));
  }
});

it('[X15] data folder: tells who has it, and nobody when nobody has', async () => {
  expect(await readOwner(path)).toBeUndefined();
  const { child } = await startTaker();
  expect(await readOwner(path)).toMatchObject({
    pid: child.pid,
    command: 'livetally vote',
    url: 'http://127.0.0.1:8501',
  });
  await kill(child);
  expect(await readOwner(path)).toBeUndefined();
});

it('[X15] data folder: looking does not take it', async () => {
  const folder = await openDataFolder(path, START);
  await readOwner(path);
  const { said } = await startTaker();
  expect(said).toContain('LT_DATA_LOCKED');
  await folder.close();
});

it('[X16] data folder: says so when the path is a file or below one', async () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  for (const wrong of [file, join(file, 'below')]) {
    await expect(openDataFolder(wrong, START)).rejects.toMatchObject({
      code: 'LT_DATA_FOLDER',
      message: expect.stringContaining(wrong) as string,
    });
  }
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}
