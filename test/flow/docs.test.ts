import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMANDS_FILE, commandsDoc } from '../../infra/commands-doc.ts';
import { ERRORS_FILE, errorsDoc } from '../../infra/errors-doc.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT_CODES } from '../../src/error.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

it('[C15] docs/commands.md is what the code says (else: node infra/commands-doc.ts)', () => {
  expect(readFileSync(COMMANDS_FILE, 'utf8')).toBe(commandsDoc());
});

it('[C15] docs/errors.md is what the code says (else: node infra/errors-doc.ts)', () => {
  const errors = readFileSync(ERRORS_FILE, 'utf8');
  expect(errors).toBe(errorsDoc());
  for (const [code, exitCode] of Object.entries(EXIT_CODES)) expect(errors).toContain(`| ${exitCode} | \`${code}\` |`);
});

it('[C15] commands and flags that README.md and the docs name exist', () => {
  const used = [...readme.matchAll(/(?:npm run -s livetally --|`livetally) ([a-z]+)([^\n`#]*)/g)];
  expect(used.length).toBeGreaterThan(5);
  for (const [, name, rest = ''] of used) {
    const command = COMMANDS.find((candidate) => candidate.name === name);
    expect(command, name).toBeDefined();
    for (const [flag] of rest.matchAll(/--[a-z-]+/g)) {
      expect(commandsDoc().split(`## ${name}\n`)[1]!.split('\n## ')[0], `${name} ${flag}`).toContain(`\`${flag}`);
    }
  }
});
