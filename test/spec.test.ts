import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const tests = ['src', 'test', 'web']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, file)),
  )
  // Some rules are tested by what several test files share.
  .filter((file) => file.endsWith('.test.ts') || (file.startsWith(join(root, 'test')) && file.endsWith('.ts')));
const cited = new Set(
  tests.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\[([A-Z]\d+)\]/g)].map((found) => found[1])),
);
const rules = [...readFileSync(join(root, 'SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]\d+)\*\* /gm)].map(
  (found) => found[1],
);

it('every rule of SPEC.md stands once and is cited by a test', () => {
  expect(rules).toEqual([...new Set(rules)]);
  expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
});

it('every rule that a test cites stands in SPEC.md', () => {
  expect([...cited].filter((rule) => !rules.includes(rule))).toEqual([]);
});
