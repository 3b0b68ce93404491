import { createHash } from 'node:crypto';
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

  test.each([
    [
      'choices that are no ids',
      'ballots.csv',
      /^(North.*),ann-lee,/m,
      '$1,"ann""]",',
      /choices that no ballot line can/,
    ],
    ['two spaces in a list', 'ballots.csv', /ann-lee bo-ray/, 'ann-lee  bo-ray', /choices that no ballot line can/],
    ['columns in another order', 'ballots.csv', /^place,cohort/, 'cohort,place', /first row is not place,cohort,/],
    ['a count that is no number', 'ballots.csv', /,2$/m, ',1e400', /'1e400' in column 'count' is not a whole number/],
    ['a negative count', 'ballots.csv', /,2$/m, ',-2', /'-2' in column 'count' is not a whole number/],
    ['more ballots than voters', 'ballots.csv', /,2$/m, ',2000', /more ballots than voters/],
    ['more voters than serials', 'roll.csv', /,[0-9]+$/m, ',9999999999', /need more than the 4294967296 serials/],
    ['a place of no election', 'roll.csv', /$/, 'Nowhere,all,5\n', /the election has no Nowhere with all/],
    [
      'a figure beyond every number',
      'expected.json',
      /"tolerance":0/,
      '"tolerance":1e400',
      /is not the expected\.json/,
    ],
    ['figures of no row', 'expected.json', /^\[/, '[null,', /is not the expected\.json/],
  ])('[I7] a pack made by hand is refused: %s', async (_, file, from, to, message) => {
    await writePack(samplePack(), folder);
    await rewrite(file, (text) => text.replace(from, to));
    await expect(readPack(folder)).rejects.toThrow(
      expect.objectContaining({ code: 'LT_INPUT_FILE', message: expect.stringMatching(message) as string }),
    );
  });

  test('[I7] a contest may be called as a column is', async () => {
    const { election, ...rest } = samplePack();
    const contests = election.contests.map((contest, at) => ({ ...contest, id: ['count', 'place'][at]! }));
    const pack = { ...rest, election: { ...election, contests }, expected: [] };
    await writePack(pack, folder);
    expect(await readPack(folder)).toEqual(pack);
  });
});

/** Changes a file as its author would: with the sum in pack.json. */
async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const [before, about] = await Promise.all([
    readFile(join(folder, file), 'utf8'),
    readFile(join(folder, 'pack.json'), 'utf8'),
  ]);
  const after = change(before);
  expect(after).not.toBe(before);
  const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
  await writeFile(join(folder, file), after);
  await writeFile(join(folder, 'pack.json'), about.replace(sum(before), sum(after)));
}
