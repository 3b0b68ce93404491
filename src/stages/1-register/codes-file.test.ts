import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVotingCodes } from '../../election/code.ts';
import type { Serial } from '../../election/ids.ts';
import { openCodesFile, type CodeRow } from './codes-file.ts';

const codes = createVotingCodes('demo', Buffer.alloc(32, 1));
const rows: CodeRow[] = [['A-1', 7 as Serial], ['A-2', 2000 as Serial], ['Ö-3', 5 as Serial]]; // prettier-ignore
const all = new Set(['A-1', 'A-2', 'Ö-3', 'A-4']);
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-codes-'));
  path = join(folder, 'codes.csv');
});
afterEach(() => rm(folder, { recursive: true }));

async function write(some: readonly CodeRow[]): Promise<void> {
  const file = await openCodesFile(path, codes);
  await file.append(some);
  await file.close();
}

async function findAll(): Promise<Record<string, number>> {
  const file = await openCodesFile(path, codes);
  const found = await file.find(all);
  await file.close();
  return Object.fromEntries(found);
}

test('[R5] the codes file is a CSV of registration number and code that only its owner can read', async () => {
  await write(rows);
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines).toEqual([
    'registration_number,code',
    ...rows.map(([number, serial]) => `${number},${codes.codeOf(serial)}`),
    '',
  ]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('[R9] opened again it keeps its rows and finds them', async () => {
  await write(rows.slice(0, 2));
  await write(rows.slice(2));
  expect(await findAll()).toEqual({ 'A-1': 7, 'A-2': 2000, 'Ö-3': 5 });
});

test('[R9] cut off at any byte, it loses the last row at most', async () => {
  await write(rows);
  const { size } = await stat(path);
  const full = await readFile(path);
  for (let bytes = 0; bytes < size; bytes++) {
    await writeFile(path, full);
    await truncate(path, bytes);
    const whole = full.subarray(0, bytes).toString('utf8').split('\n').length - 2;
    expect(Object.keys(await findAll())).toEqual(rows.slice(0, Math.max(0, whole)).map(([number]) => number));
    await write([['A-4', 9 as Serial]]);
    expect(await findAll()).toMatchObject({ 'A-4': 9 });
  }
});

test('[R5] a file of something else, of another election, or that others can read is refused', async () => {
  await writeFile(path, 'name,salary\nx,1\n', { mode: 0o600 });
  await expect(openCodesFile(path, codes)).rejects.toMatchObject({ code: 'LT_INPUT_FILE' });
  expect(await readFile(path, 'utf8')).toBe('name,salary\nx,1\n');
  await rm(path);
  await write(rows);
  await expect(openCodesFile(path, createVotingCodes('other', Buffer.alloc(32, 1)))).rejects.toThrow(
    'another election',
  );
  await chmod(path, 0o644);
  await expect(openCodesFile(path, codes)).rejects.toMatchObject({ next: expect.stringContaining('chmod 600') });
  await expect(openCodesFile(join(folder, 'no', 'codes.csv'), codes)).rejects.toMatchObject({ code: 'LT_INPUT_FILE' });
});

test('[R5] a row that was tampered with is refused when it is looked for', async () => {
  await write(rows);
  const other = createVotingCodes('demo', Buffer.alloc(32, 2));
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(codes.codeOf(7 as Serial), other.codeOf(7 as Serial)));
  await expect(findAll()).rejects.toMatchObject({ code: 'LT_INPUT_FILE' });
});
