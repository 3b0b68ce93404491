import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPack, writePack } from './pack-folder.ts';
import { samplePack } from '../../test/sample-pack.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livetally-pack-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function contents(path: string): Promise<Record<string, string>> {
  const files = (await readdir(path)).sort();
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(join(path, file), 'utf8')] as const)),
  );
}

describe('a pack as a folder', () => {
  test('[I7] reads back as it was written', async () => {
    await writePack(samplePack(), folder);
    expect(await readPack(folder)).toEqual(samplePack());
  });

  test('[I7] the same pack gives the same bytes', async () => {
    await writePack(samplePack(), join(folder, 'one'));
    await writePack(await readPack(join(folder, 'one')), join(folder, 'two'));
    const one = await contents(join(folder, 'one'));
    expect(await contents(join(folder, 'two'))).toEqual(one);
    expect(Object.keys(one)).toEqual(['ballots.csv', 'election.yaml', 'expected.json', 'pack.json', 'roll.csv']);
  });

  test('[I7] ballots are counts that a person can read', async () => {
    await writePack(samplePack(), folder);
    const lines = (await contents(folder))['ballots.csv']!.split('\n');
    expect(lines[0]).toBe('place,cohort,president,senate,count');
    expect(lines).toContain('North-Aville-N-1,all,ann-lee bo-ray,[],1');
    expect(lines).toContain('North-Aville-N-1,all,[],,2');
  });

  test.each(['election.yaml', 'roll.csv', 'ballots.csv', 'expected.json'])(
    '[I7] a changed %s is refused by name',
    async (file) => {
      await writePack(samplePack(), folder);
      await appendFile(join(folder, file), '\n');
      await expect(readPack(folder)).rejects.toThrow(
        expect.objectContaining({
          code: 'LT_INPUT_FILE',
          message: expect.stringContaining(`${file}: it was changed`) as string,
        }),
      );
    },
  );

  test.each(['pack.json', 'ballots.csv'])('[I7] a missing %s is refused by name', async (file) => {
    await writePack(samplePack(), folder);
    await rm(join(folder, file));
    await expect(readPack(folder)).rejects.toThrow(
      expect.objectContaining({ code: 'LT_INPUT_FILE', message: expect.stringContaining(file) as string }),
    );
  });

  test('[I7] a pack of another format is refused', async () => {
    await writePack(samplePack(), folder);
    const text = await readFile(join(folder, 'pack.json'), 'utf8');
    await writeFile(join(folder, 'pack.json'), text.replace('"format": 1', '"format": 2'));
    await expect(readPack(folder)).rejects.toThrow(/pack\.json of a pack of format 1/);
  });
});
