import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSecret } from './secret.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'livetally-secret-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

it('[C22] a secret comes from its variable or from the file that NAME_FILE names, and from one of them only', () => {
  const file = join(FOLDER, 'secret');
  writeFileSync(file, 'of the file \n');
  expect(readSecret('PASSWORD', {})).toBe(undefined);
  expect(readSecret('PASSWORD', { PASSWORD: '', PASSWORD_FILE: '' })).toBe(undefined);
  expect(readSecret('PASSWORD', { PASSWORD: 'of the variable' })).toBe('of the variable');
  expect(readSecret('PASSWORD', { PASSWORD_FILE: file })).toBe('of the file ');
  expect(() => readSecret('PASSWORD', { PASSWORD: 'x', PASSWORD_FILE: file })).toThrow('PASSWORD and PASSWORD_FILE');
});

it('[C22] a file that cannot be read is named, with its variable', () => {
  expect(() => readSecret('PASSWORD', { PASSWORD_FILE: join(FOLDER, 'none') })).toThrow(/none.*PASSWORD_FILE/);
});
