import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ballotSpace } from '../src/election/space.ts';
import { writePack } from '../src/packs/pack-folder.ts';
import type { Pack, PackUnit } from '../src/packs/pack.ts';
import { BROKERS, deleteElection, freshId, ownDatabase } from '../test/real-systems.ts';
import { benchElection, CANDIDATES } from './bench-election.ts';
import { comparePair, VoidRun } from './pairs.ts';

/**
 * An election end to end by the command line, `replay` (issue, intake, log, tally, published reports) and then `project`
 * (results into the database): on Kafka and PostgreSQL against the embedded log and database. Each run has an election of
 * its own, and a recount has to come to the same hash.
 *
 *   eval "$(infra/services env)" && node bench/end-to-end.ts [--ballots <n>] [--rounds <n>]
 */
const { values: options } = parseArgs({
  options: { ballots: { type: 'string', default: '2000000' }, rounds: { type: 'string', default: '3' } },
});
const [broker] = BROKERS;
if (broker === undefined) throw new Error('It needs LIVETALLY_TEST_KAFKA and LIVETALLY_TEST_DATABASE_URL.');

const MAIN = join(import.meta.dirname, '../src/cli/main.ts');
const ballots = Number(options.ballots);

const folder = await mkdtemp(join(tmpdir(), 'livetally-bench-'));
try {
  await comparePair({
    title: `end to end, ${ballots.toLocaleString('en')} ballots`,
    unit: 'ballots/s',
    rounds: Number(options.rounds),
    peer: { name: 'LMDB, PGlite, one process', run: embedded },
    ours: { name: `${broker.name}, PostgreSQL`, run: onServers },
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function embedded(round: number): Promise<number> {
  const id = freshId('bench');
  const data = join(folder, `data-${round}`);
  const seconds = await runElection(id, {}, ['--keep', data], ['--data', data]);
  await rm(data, { recursive: true, force: true });
  return ballots / seconds;
}

async function onServers(): Promise<number> {
  const id = freshId('bench');
  const own = await ownDatabase();
  const env = { KAFKA_BOOTSTRAP_SERVERS: broker!.address, DATABASE_URL: own.url, LIVETALLY_ELECTION_ID: id };
  try {
    return ballots / (await runElection(id, env, [], []));
  } finally {
    await own.drop();
    await deleteElection(broker!.address, id);
  }
}

/** Resolves with the seconds from the first ballot sent to the last row written; the recount and start-up do not count. */
async function runElection(
  id: string,
  env: Record<string, string>,
  replayArgs: readonly string[],
  projectArgs: readonly string[],
): Promise<number> {
  const pack = join(folder, id);
  await writePack(packOf(id), pack);
  const replayed = (await livetally(['replay', pack, ...replayArgs], env)) as { equal: boolean; seconds: number };
  if (!replayed.equal) throw new VoidRun('The recount or a figure differs.');
  const startedAt = performance.now();
  const { reports } = (await livetally(['project', ...projectArgs], env)) as { reports: number };
  if (reports === 0) throw new VoidRun('No report came into the database.');
  return replayed.seconds + (performance.now() - startedAt) / 1000;
}

function livetally(args: readonly string[], env: Record<string, string>): Promise<unknown> {
  const child = spawn(process.execPath, [MAIN, ...args, '--json'], {
    env: { ...process.env, KAFKA_BOOTSTRAP_SERVERS: '', DATABASE_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new VoidRun(`livetally ${args.join(' ')} ended with ${code}.`));
    });
  });
}

function packOf(id: string): Pack {
  const election = benchElection(id);
  const { places, cohorts } = ballotSpace(election);
  const cells = places.flatMap((place) => cohorts.map((cohort) => ({ place, cohort })));
  const each = Math.floor(ballots / cells.length / CANDIDATES.length);
  const units = cells.map(({ place, cohort }, at): PackUnit => ({
    place,
    cohort,
    eligible: each * CANDIDATES.length + (at === 0 ? ballots - each * CANDIDATES.length * cells.length : 0),
    ballots: CANDIDATES.map((candidate, rank) => ({
      choices: [[candidate]],
      count: each + (at === 0 && rank === 0 ? ballots - each * CANDIDATES.length * cells.length : 0),
    })),
  }));
  const origin = {
    name: id,
    source: 'made for a bench',
    licence: 'none',
    retrievedFrom: { file: id, sha256: '0'.repeat(64) },
    notes: [],
  };
  const figures = { ballots };
  const expected = [{ name: 'all', breakdown: '*', values: ['*'], figures, tolerance: 0, source: 'none' }];
  return { origin, election, units, expected };
}
