import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite } from '../../src/adapters/pglite/pglite-database.ts';
import { killedProjection, type Kill } from './killed-projection.ts';

const KILLS: readonly Kill[] = [
  { line: 'opening', count: 1, waitMs: 600 },
  { line: 'step', count: 1, waitMs: 0 },
  { line: 'step', count: 2, waitMs: 9 },
  { line: 'opening', count: 1, waitMs: 250 },
  { line: 'step', count: 3, waitMs: 17 },
];

killedProjection('PGlite', KILLS, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'livetally-crash-'));
  const address = join(folder, 'killed');
  return {
    address,
    open: () => openPglite(address),
    empty: () => rm(address, { recursive: true }),
    drop: () => rm(folder, { recursive: true }),
  };
});
