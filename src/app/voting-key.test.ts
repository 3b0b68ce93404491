import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openVotingKey } from './voting-key.ts';

const HEX = '0123456789abcdef'.repeat(4);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-key-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('[R5] a missing key is made once, for its owner only, and stays the same', async () => {
  const made = await openVotingKey(folder, {});
  expect(made.length).toBe(32);
  expect((await stat(join(folder, 'voting.key'))).mode & 0o777).toBe(0o600);
  expect(await openVotingKey(folder, {})).toEqual(made);
});

test('[R5] a key whose making was cut off is made anew, and whole', async () => {
  await writeFile(join(folder, 'voting.key.draft'), HEX.slice(0, 5), { mode: 0o600 });
  expect((await openVotingKey(folder, {})).length).toBe(32);
});

test('[R5] the environment comes first, and then nothing is written', async () => {
  expect(Buffer.from(await openVotingKey(folder, { LIVETALLY_KEY: HEX })).toString('hex')).toBe(HEX);
  const file = join(folder, 'elsewhere');
  await writeFile(file, `${HEX.toUpperCase()}\n`, { mode: 0o600 });
  expect(Buffer.from(await openVotingKey(folder, { LIVETALLY_KEY_FILE: file })).toString('hex')).toBe(HEX);
  await expect(readFile(join(folder, 'voting.key'))).rejects.toThrow('ENOENT');
});

test('[R5] a key file that others can read is refused', async () => {
  await openVotingKey(folder, {});
  await chmod(join(folder, 'voting.key'), 0o640);
  await expect(openVotingKey(folder, {})).rejects.toMatchObject({
    code: 'LT_VOTING_KEY',
    next: expect.stringContaining('chmod 600'),
  });
});

test('[R5] what is not a key is refused, and the message does not show it', async () => {
  const secret = 'correct horse battery staple';
  const refused = await openVotingKey(folder, { LIVETALLY_KEY: secret }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'LT_VOTING_KEY' });
  expect(String(refused)).not.toContain('horse');
  await expect(openVotingKey(folder, { LIVETALLY_KEY_FILE: join(folder, 'none') })).rejects.toMatchObject({
    code: 'LT_VOTING_KEY',
  });
  await expect(openVotingKey(folder, { LIVETALLY_KEY: HEX, LIVETALLY_KEY_FILE: 'x' })).rejects.toThrow('both');
});
