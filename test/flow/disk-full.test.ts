import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallElection } from '../small-election.ts';
import { expectFailure, jsonOf, livetally, scratch, writeElection } from './livetally.ts';

/** A disk that fills up in the middle of registering, and of voting. */
const DISK = '48m';
const BALLAST_BYTES = 28 * 1024 * 1024;
const PEOPLE = 30_000;
const { path, remove } = scratch();
const data = path('disk/data');
const ballast = path('disk/ballast');
let mounted = false;

beforeAll(() => {
  mkdirSync(path('disk'));
  writeElection(path('election.yaml'), smallElection());
  mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'livetally', path('disk')]).status === 0;
  if (!mounted) console.warn('A full disk is not tested: only root may mount a small one.');
});

afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', path('disk')]);
  remove();
});

interface Status {
  readonly registered: number;
  readonly records: { readonly voters: number };
}

it('[C11] who was registered stays so, and the same command goes on once there is room', async ({ skip }) => {
  if (!mounted) skip('needs root, to mount a small disk');
  writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));
  const register = ['register', '--data', data, '--election', path('election.yaml'), '--no-database'];
  register.push('--count', String(PEOPLE));

  const full = { exitCode: 7, code: 'LT_LOG_WRITE', says: /the disk is full/, next: /Free some space/ };
  expectFailure(await livetally(register), full);
  const kept = await jsonOf<Status>('status', '--data', data);
  expect(kept.records.voters).toBeGreaterThan(0);
  expect(kept.records.voters).toBeLessThan(PEOPLE);
  expect(kept.registered).toBeGreaterThanOrEqual(kept.records.voters);
  // Still full: still refused, and nothing lost by trying.
  expectFailure(await livetally(register), full);
  expect((await jsonOf<Status>('status', '--data', data)).records.voters).toBeGreaterThanOrEqual(kept.records.voters);

  rmSync(ballast);
  expect(await jsonOf(...register)).toMatchObject({ registered: PEOPLE, onRoll: PEOPLE });
  expect((await jsonOf<Status>('status', '--data', data)).records.voters).toBe(PEOPLE);

  const cast = await jsonOf<{ ballots: number }>('vote', '--data', data);
  expect(await jsonOf('tally', '--data', data)).toMatchObject({
    eligible: PEOPLE,
    outcomes: { counted: cast.ballots },
  });
  expect(await jsonOf('recount', '--data', data)).toMatchObject({ equal: true });
});
