import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const BIN = join(import.meta.dirname, '../../bin/livetally.js');

it('[C21] under a Node that is too old the program says so, and what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'livetally-node-'));
  const pretend = join(folder, 'pretend.mjs');
  writeFileSync(pretend, `Object.defineProperty(process.versions, 'node', { value: '20.19.2' });`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', pathToFileURL(pretend).href, BIN, 'start'],
    { encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^livetally needs Node 24 or newer; this is Node 20\.19\.2\.\n.+npx/);
});
