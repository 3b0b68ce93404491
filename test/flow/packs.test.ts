import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleCsv } from '../sample-pack.ts';
import { expectFailure, jsonOf, livetally, scratch } from './livetally.ts';

/** A small result file from import to replay, as the README does it with a large one. */
const { path, remove } = scratch();
const RESULT_FILE = path('sample.csv');
const PACK = path('pack');

interface Replayed {
  readonly equal: boolean;
  readonly recount: string;
  readonly comparison: { readonly report: string; readonly counts: { figures: number; exact: number } };
}

beforeAll(async () => {
  writeFileSync(RESULT_FILE, sampleCsv());
  expect(await jsonOf('import', RESULT_FILE, '--out', PACK)).toMatchObject({ folder: PACK, ballots: 25 });
});

afterAll(remove);

function tampered(name: string, file: string, change: (text: string) => string): string {
  const pack = path(name);
  cpSync(PACK, pack, { recursive: true });
  writeFileSync(join(pack, file), change(readFileSync(join(pack, file), 'utf8')));
  return pack;
}

it('[C17] replay of a pack obtains every figure, and recount = tally', async () => {
  const replayed = await jsonOf<Replayed>('replay', PACK);
  expect(replayed.equal).toBe(true);
  expect(replayed.recount).toBe(replayed.comparison.report);
  expect(replayed.comparison.counts.figures).toBeGreaterThan(8);
  expect(replayed.comparison.counts.exact).toBe(replayed.comparison.counts.figures);
});

it('[C17] in words it prints expected against obtained', async () => {
  const { code, out } = await livetally(['replay', PACK]);
  expect(code).toBe(0);
  expect(out).toMatch(/expected +obtained/);
  expect(out).toMatch(/official figures: .* none differs\./);
  expect(out).toMatch(/Recount = tally: [0-9a-f]{64}/);
});

it('[C17] what --keep keeps is a data folder like any other', async () => {
  const data = path('kept');
  const { recount } = await jsonOf<Replayed>('replay', PACK, '--keep', data);
  expect(await jsonOf('status', '--data', data)).toMatchObject({ state: 'closed', published: { counted: 25 } });
  expect(await jsonOf('recount', '--data', data)).toMatchObject({ equal: true, recount });
  expectFailure(await livetally(['register', '--data', data, '--count', '5', '--no-database']), {
    exitCode: 2,
    code: 'LT_USAGE',
    says: /is closed/,
    next: /new election/,
  });
});

it('[C17] an official figure that differs ends with 10, and is shown', async () => {
  const pack = tampered('differs', 'expected.json', (text) => text.replace(/"votes":\[(\d+)/, '"votes":[1$1'));
  const about = JSON.parse(readFileSync(join(pack, 'pack.json'), 'utf8')) as { files: Record<string, string> };
  const expected = readFileSync(join(pack, 'expected.json'));
  about.files['expected.json'] = createHash('sha256').update(expected).digest('hex');
  writeFileSync(join(pack, 'pack.json'), JSON.stringify(about));

  const { code, out } = await livetally(['replay', pack]);

  expect(code).toBe(10);
  expect(out).toContain('Differences:');
  expect(out).toContain('1 DIFFER');
});

it('[C3] a pack with a wrong checksum is refused by name', async () => {
  const pack = tampered('changed', 'ballots.csv', (text) => text.replace(/\d+\n/, '99\n'));
  expectFailure(await livetally(['replay', pack]), {
    exitCode: 4,
    code: 'LT_INPUT_FILE',
    says: /changed\/ballots\.csv: it was changed: its SHA-256/,
    next: /`livetally import`/,
  });
});

it('[C3] an unknown pack is refused', async () => {
  for (const pack of [path('nowhere'), RESULT_FILE]) {
    expectFailure(await livetally(['replay', pack]), {
      exitCode: 4,
      code: 'LT_INPUT_FILE',
      says: /There is no pack in the folder/,
      next: /`livetally import FILE`/,
    });
  }
});

it('[C3] a truncated, unknown or missing result file is refused, and no pack is written', async () => {
  const text = sampleCsv();
  writeFileSync(path('truncated.csv'), text.slice(0, text.length - 20));
  writeFileSync(path('unknown.csv'), 'a,b,c\n1,2,3\n');
  for (const [name, says] of [
    ['truncated.csv', /truncated\.csv/],
    ['unknown.csv', /no importer understands it/],
    ['missing.csv', /missing\.csv is not there/],
  ] as const) {
    const end = await livetally(['import', path(name), '--out', path(`${name}-pack`)]);
    expectFailure(end, { exitCode: 4, code: 'LT_INPUT_FILE', says, next: /./ });
    expect(existsSync(path(`${name}-pack`))).toBe(false);
  }
});

it('[C3] --keep does not touch the data folder of another election', async () => {
  const data = path('mine');
  await jsonOf('register', '--data', data, '--count', '5', '--no-database');
  expectFailure(await livetally(['replay', PACK, '--keep', data]), {
    exitCode: 2,
    code: 'LT_USAGE',
    says: /holds the election demo-president/,
    next: /new folder/,
  });
  expect(await jsonOf('status', '--data', data)).toMatchObject({ election: 'demo-president', registered: 5 });
});
