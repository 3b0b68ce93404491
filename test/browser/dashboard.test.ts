import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Election } from '../../src/election/election.ts';
import type { Report } from '../../src/election/report.ts';
import { openServer, type Server } from '../../src/http/server.ts';
import { createLive, type Live } from '../../src/stages/4-publish/live.ts';
import { launchChromium } from './chromium.ts';
import { createFakeCount, exampleElection, hardElection, type FakeCount } from './fake-count.ts';

const browser = await launchChromium();
if (browser === undefined) {
  console.warn('SKIPPED: the dashboard in a browser. No Chromium starts here; name one with CHROMIUM_PATH.');
}

const log = { info: () => {}, warn: () => {}, error: () => {} };

let webFolder: string;
let fake: FakeCount;
let live: Live;
let server: Server;
let page: Page;
/** Everything that the browser complained about, and every address it asked for. */
let complaints: string[];
let asked: string[];

beforeAll(async () => {
  if (browser === undefined) return;
  webFolder = await mkdtemp(join(tmpdir(), 'livetally-web-'));
  await build({ root: 'web', logLevel: 'warn', build: { outDir: webFolder, emptyOutDir: true } });
});

afterAll(async () => {
  await browser?.close();
  if (browser !== undefined) await rm(webFolder, { recursive: true });
});

afterEach(leave);

async function leave(): Promise<void> {
  await page.context().close();
  await server.close();
}

interface Look {
  readonly election?: Election;
  readonly width?: number;
  readonly dark?: boolean;
  readonly ballots?: number;
}

/** Opens the page on a count of its own that stands still until `count`. */
async function look({
  election = exampleElection(),
  width = 1280,
  dark = false,
  ballots = 20_000,
}: Look = {}): Promise<Report> {
  fake = createFakeCount(election);
  live = createLive(election, fake.report());
  const report = ballots === 0 ? fake.report() : count(ballots);
  server = await openServer({ port: 0, live, webFolder, log });
  const context = await browser!.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  page = await context.newPage();
  [complaints, asked] = [[], []];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(server.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('header').waitFor();
  return report;
}

function count(ballots: number): Report {
  const report = fake.step(ballots);
  live.take(report);
  live.refresh();
  return report;
}

function words(number: number): string {
  return number.toLocaleString('en-US');
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`;
}

/** Cells of the table's rows, as they are read. */
async function rowsOf(name: string | RegExp): Promise<string[][]> {
  const rows = await page
    .locator('section', { has: page.getByRole('heading', { name }) })
    .locator('tbody tr')
    .all();
  return Promise.all(rows.map(async (row) => (await row.locator('th, td').allInnerTexts()).map(plain)));
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

async function expectPageOf({ counts }: Report): Promise<void> {
  const [contest] = counts.contests;
  const votes = [...contest!.votes].sort((one, other) => other - one);
  await page.getByText(`lines ${words(counts.lines)} =`).waitFor();

  expect(plain(await page.locator('h1').innerText())).toBe(
    `Rivera leads Okafor by ${words(votes[0]! - votes[1]!)} votes`,
  );
  const ranking = await rowsOf('President');
  expect(ranking.map((cells) => cells[1])).toEqual(votes.map(words));
  expect(ranking.map((cells) => cells[2])).toEqual(votes.map((number) => percent(number, contest!.valid)));

  const figures = (await page.locator('dl dd').allInnerTexts()).map(plain);
  const { counted, repeat, invalid } = counts.outcomes;
  expect([figures[0], figures[2], figures[3]]).toEqual([
    percent(counted, counts.eligible),
    words(repeat),
    words(invalid),
  ]);

  const byPlace = counts.turnout.find(({ key }) => key === 'place')!.rows;
  const places = await rowsOf('By place');
  expect(places.map((cells) => cells.slice(2))).toEqual(
    byPlace.slice(0, places.length).map((row) => [words(row.counted), percent(row.counted, row.eligible)]),
  );
}

describe.skipIf(browser === undefined)('the dashboard in a browser', () => {
  test('[H24] it shows the figures of the report, and those of the next one without a reload', async () => {
    const first = await look();
    await expectPageOf(first);
    await page.evaluate('window.sameDocument = true');
    await expectPageOf(count(5000));
    await expectPageOf(count(5000));
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });

  test('[H24] groups of a cohort are the sums of its cells', async () => {
    const { counts } = await look();
    await page.locator('summary').nth(1).click();
    const cells = counts.contests[0]!.breakdowns.find(({ key }) => key === 'cohort')!.rows;
    const women = cells.filter(({ value }) => value.endsWith('|v0'));
    const [row] = (await rowsOf('By sex')).filter((row) => row[0] === 'Women');
    expect(row?.at(-1)).toBe(words(women.reduce((sum, cell) => sum + cell.counted, 0)));
    expect(row?.[1]).toBe(words(women.reduce((sum, cell) => sum + cell.votes[0]!, 0)));
  });

  test('[H25] nothing is asked of any other machine, and the browser has nothing to complain of', async () => {
    await look();
    await expectPageOf(count(5000));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((address) => !address.startsWith(server.url) && !address.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('[H26] when the server goes the page says so, and goes on by itself when it is back', async () => {
    await look();
    const port = Number(new URL(server.url).port);
    await server.close();
    await page.getByText('Connection lost at').waitFor();
    expect(await page.locator('main').getAttribute('data-stale')).toBe('true');
    await expectAccessible();
    server = await openServer({ port, live, webFolder, log });
    await page.getByText('Unofficial, counting').waitFor();
    await expectPageOf(count(5000));
    expect(await page.locator('main').getAttribute('data-stale')).toBe('false');
  });

  test('[H27] by keyboard: pause holds the figures still, resume shows the newest', async () => {
    const first = await look();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the results');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Pause');
    await page.keyboard.press('Enter');
    await page.getByText('Paused').waitFor();
    const newest = count(5000);
    await expectPageOf(first);
    await page.keyboard.press('Enter');
    await expectPageOf(newest);
  });

  test('[H27] by keyboard: down into a place, a page on, and a search', async () => {
    await look({ election: hardElection() });
    await page.getByRole('button', { name: 'Land 3' }).press('Enter');
    expect((await rowsOf('By place'))[0]?.[0]).toContain('Constituency 39');
    await page.getByRole('button', { name: 'Next' }).press('Enter');
    expect((await rowsOf('By place'))[0]?.[0]).toContain('Constituency 51');
    await page.getByLabel('Find a place').fill('constituency 300');
    expect((await rowsOf('By place')).map((cells) => cells[0]?.slice(0, 16))).toEqual(['Constituency 300']);
    await page.getByLabel('Contest').selectOption('questions');
    await page.getByRole('heading', { level: 1, name: /approvals/ }).waitFor();
  });

  test('[P1] hidden results: turnout alone', async () => {
    const { counts } = await look({ election: exampleElection({ results: 'hidden' }) });
    await page.getByRole('heading', { name: 'Results are hidden until the count is complete' }).waitFor();
    await page.getByText(`${words(counts.outcomes.counted)} ballots counted.`).waitFor();
    const text = await page.locator('body').innerText();
    for (const votes of counts.contests[0]!.votes) expect(text).not.toContain(words(votes));
  });

  test('[P3] rows that are merged or suppressed say so', async () => {
    await look({ election: exampleElection({ k: 10_000 }) });
    expect((await rowsOf('By place')).map((cells) => cells[0])).toEqual(['Alabama and 19 more, merged']);
    await page.getByText('Rows of fewer than 10,000 ballots are merged').first().waitFor();
    await leave();
    await look({ election: exampleElection({ k: 100_000 }) });
    expect(new Set((await rowsOf('By place')).map((cells) => cells[1]))).toEqual(new Set(['suppressed']));
  });

  const hidden = { election: exampleElection({ results: 'hidden' }) };
  const suppressed = { election: exampleElection({ k: 100_000 }) };
  const hard = { election: hardElection() };
  test.each<[string, Look]>([
    ['counting', {}],
    ['counting, dark', { dark: true }],
    ['forty candidates, three hundred places', hard],
    ['suppressed, dark', { ...suppressed, dark: true }],
    ['hidden', hidden],
    ['before the first ballot, dark', { ballots: 0, dark: true }],
  ])('[H28] axe finds nothing: %s', async (_name, options) => {
    await look(options);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await expectAccessible();
  });

  test.each<[string, Look]>([
    ['counting', {}],
    ['forty candidates, three hundred places', hard],
    ['suppressed', suppressed],
  ])('[H29] nothing scrolls sideways at 320 pixels: %s', async (_name, options) => {
    await look({ ...options, width: 320 });
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });
});

async function expectAccessible(): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  expect(found).toEqual([]);
}

async function focused(): Promise<string> {
  return plain(await page.evaluate<string>('document.activeElement.innerText'));
}
