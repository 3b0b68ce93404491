import { resolve } from 'node:path';
import { openServer } from '../../src/http/server.ts';
import { createLive } from '../../src/stages/4-publish/live.ts';
import { createFakeCount, exampleElection, hardElection } from './fake-count.ts';

/**
 * The page with invented figures, for working on it: `node test/browser/dev.ts [hard|hidden|totals|few|before] [PORT]`.
 * With `npx vite web` beside it (it proxies to port 8501), changes show at once.
 */
const [kind = 'demo', port = '8501'] = process.argv.slice(2);

const ELECTIONS: Readonly<Record<string, () => ReturnType<typeof exampleElection>>> = {
  hard: hardElection,
  hidden: () => exampleElection({ results: 'hidden' }),
  totals: () => exampleElection({ results: 'totals' }),
};

const fake = createFakeCount((ELECTIONS[kind] ?? exampleElection)());
const live = createLive(fake.election, fake.report());
const server = await openServer({ port: Number(port), live, webFolder: resolve('dist/web'), log: console });
console.log(`${kind}: ${server.url}`);

const ballots = kind === 'few' ? 30 : 4000;
const timer = setInterval(() => {
  if (kind !== 'before') live.take(fake.step(ballots));
  live.refresh();
}, 1000);

process.once('SIGINT', () => {
  clearInterval(timer);
  void server.close();
});
process.once('SIGTERM', () => process.emit('SIGINT'));
