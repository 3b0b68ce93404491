import { expect, test } from 'vitest';
import { runCampaign } from './campaign.ts';

const KILLS = 20;

const SEED = '1';

test(`[X30] [X31] [X32] [X33] [X34] killed ${KILLS} times in all stages, seed ${SEED}: nothing acknowledged is lost, nothing is counted twice`, async () => {
  const { kills, folder } = await runCampaign({ kills: KILLS, seed: SEED, checkEvery: 7 });
  for (const times of Object.values(kills)) expect(times).toBeGreaterThan(0);
  expect(folder.acknowledged).toBeGreaterThan(0);
  expect(folder.counted).toBe(folder.registered);
}, 300_000);
