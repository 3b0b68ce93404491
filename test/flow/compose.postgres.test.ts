import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { freePort } from '../free-ports.ts';
import { DATABASE_URL, need } from '../real-systems.ts';
import { compose } from './compose-file.ts';

describe.skipIf(!need({ database: true }, 'the healthcheck of PostgreSQL in compose.yaml'))('PostgreSQL', () => {
  it('[S8] its healthcheck in compose.yaml says whether a server answers', async () => {
    const [kind, program, ...words] = compose.services['postgres']!.healthcheck!.test;
    expect([kind, program]).toEqual(['CMD', 'pg_isready']);
    expect(words).toContain('5432');
    const { port, username } = new URL(DATABASE_URL);
    expect(username).toBe(words[words.indexOf('-U') + 1]);
    const run = (on: string): number | null =>
      spawnSync(
        program!,
        words.map((word) => (word === '5432' ? on : word)),
      ).status;
    expect(run(port)).toBe(0);
    expect(run(String(await freePort()))).toBe(2);
  });
});
