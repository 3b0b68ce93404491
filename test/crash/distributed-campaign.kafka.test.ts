import { expect, test } from 'vitest';
import { need } from '../real-systems.ts';
import { runDistributedCampaign } from './distributed-campaign.ts';
import { campaignText } from './distributed-figures.ts';

const KILLS = 20;
const SEED = '1';
const RULES = '[X40] [X41] [X42] [X43] [X44] [X45] [X46]';
const isThere = need({ broker: true, database: true }, 'the crash campaign over real processes');

test.skipIf(!isThere)(
  `${RULES} ${KILLS} kills and outages of processes, broker and database, seed ${SEED}`,
  async () => {
    const figures = await runDistributedCampaign({ kills: KILLS, seed: SEED, log: 'kafka', checkEvery: KILLS });
    console.log(campaignText(figures));
    const { away, ...kills } = figures.kills;
    expect(away, 'has no time here').toBe(0);
    for (const times of Object.values(kills)) expect(times).toBeGreaterThan(0);
    const { acknowledged, tooMuch } = figures.feed;
    expect(acknowledged).toBeGreaterThan(0);
    expect(tooMuch).toBeGreaterThan(0);
    expect(figures.checked?.counted).toBe(figures.checked?.registered);
    expect(figures.checked?.repeat).toBeGreaterThan(0);
  },
  600_000,
);
