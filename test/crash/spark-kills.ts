/**
 * Kills the parts of a Spark cluster, and the process that watches the count on it, while people vote, and says how long each took to recover. By hand, with a cluster
 * that nobody else uses:
 *
 *   infra/services up kafka spark && eval "$(infra/services env)" && node test/crash/spark-kills.ts [rounds] [seed]
 *
 * Throws when a count falls, a process ends that nobody killed, or the count is in the end not that of the log.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaLog } from '../../src/adapters/kafka/kafka-log.ts';
import { ballotEnds } from '../../src/lifecycle/ballot-ends.ts';
import { newestReport } from '../../src/stages/4-publish/newest-report.ts';
import { parsePosition } from '../../src/topics/position.ts';
import { smallElection } from '../small-election.ts';
import { freePort } from '../free-ports.ts';
import { startProduct } from './product-process.ts';
import { supervise } from './supervised.ts';

const ROOT = join(import.meta.dirname, '../..');
const SERVICES = join(ROOT, 'infra/services');
const MAIN = join(ROOT, 'src/cli/main.ts');
const PARTITIONS = 4;
const PEOPLE = 200_000;
const RATE = 400;
const RECOVERY_MS = 180_000;

const rounds = Number(process.argv[2] ?? 1);
const id = `kills-${Date.now().toString(36)}`;
const folder = mkdtempSync(join(tmpdir(), 'livetally-spark-kills-'));
const environment = { ...process.env, LIVETALLY_ELECTION_ID: id, LIVETALLY_DATA: join(folder, 'data') };
const electionFile = join(folder, 'election.json');
writeFileSync(electionFile, JSON.stringify(smallElection({ id })));

const log = await openKafkaLog({ bootstrapServers: [process.env['KAFKA_BOOTSTRAP_SERVERS'] ?? ''], clientId: 'kills' });
const healthPort = await freePort();
const faults: Error[] = [];

interface Victim {
  readonly name: string;
  readonly kill: () => Promise<void>;
  /** What an operator, or the cluster's own supervisor, does. */
  readonly mend: () => void;
}

const tally = supervise({
  name: 'tally',
  words: ['tally', '--follow', '--health-port', String(healthPort)],
  environment,
  said: folder,
  healthUrl: `http://127.0.0.1:${healthPort}`,
  onFault: (fault) => faults.push(fault),
});

const victims: readonly Victim[] = [
  { name: 'an executor', kill: async () => killAll(executors().slice(0, 1)), mend: () => undefined },
  part('a worker', ['spark-worker-1']),
  part('the Connect server', ['spark-connect']),
  { name: 'livetally tally', kill: () => tally.kill(), mend: () => undefined },
  part('the whole cluster', ['spark-connect', 'spark-worker-1', 'spark-worker-2', 'spark-master']),
];

function part(name: string, parts: readonly string[]): Victim {
  return {
    name,
    async kill() {
      const pids = parts.map(pidOf);
      killAll(parts.length > 1 ? [...pids, ...executors()] : pids);
      await sleep(2000);
    },
    mend: () => void execFileSync(SERVICES, ['start', ...parts.toReversed()], { stdio: 'ignore' }),
  };
}

interface Service {
  readonly name: string;
  readonly folder: string;
  readonly pid: number;
  readonly parts: readonly Service[];
}

function spark(): Service {
  const services = JSON.parse(execFileSync(SERVICES, ['status', '--json'], { encoding: 'utf8' })) as Service[];
  return services.find(({ name }) => name === 'spark')!;
}

function pidOf(part: string): number {
  return spark().parts.find(({ name }) => name === part)!.pid;
}

/** Executors are children of their worker, which alone knows their ids: they work below its folder. */
function executors(): number[] {
  const { folder: below } = spark();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => ofProcess(pid, 'cmdline').includes('CoarseGrainedExecutorBackend'))
    .filter((pid) => ofProcess(pid, 'cwd').startsWith(below))
    .map(Number);
}

function ofProcess(pid: string, what: 'cmdline' | 'cwd'): string {
  try {
    const file = `/proc/${pid}/${what}`;
    return what === 'cwd' ? readlinkSync(file) : readFileSync(file, 'latin1');
  } catch {
    return ''; // it has just ended
  }
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

/** Ballot lines and counted ballots of the newest report; they never fall. */
let shown = { lines: 0, counted: 0 };

async function look(): Promise<readonly number[]> {
  const report = await newestReport(log, id, 2);
  if (report === undefined) return [];
  const now = { lines: report.counts.lines, counted: report.counts.outcomes.counted };
  if (now.lines < shown.lines || now.counted < shown.counted)
    throw new Error(`The count fell: ${JSON.stringify([shown, now])}`);
  shown = now;
  return parsePosition(report.position)!.ballots;
}

/** Resolves with the milliseconds until all that is recorded now is shown. */
async function untilShown(): Promise<number> {
  const startedMs = performance.now();
  const ends = await ballotEnds(log, id, PARTITIONS);
  for (;;) {
    if (faults.length > 0) throw faults[0]!;
    const position = await look();
    const took = performance.now() - startedMs;
    if (ends.every((end, partition) => (position[partition] ?? 0) >= end)) return took;
    if (took > RECOVERY_MS) throw new Error('Not shown within three minutes.');
    await sleep(100);
  }
}

function livetally(...words: readonly string[]): string {
  return execFileSync(process.execPath, [MAIN, ...words], {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

livetally('register', '--election', electionFile, '--partitions', String(PARTITIONS), '--count', String(PEOPLE));
tally.start();
const vote = startProduct({
  name: 'vote',
  words: ['vote', '--rate', String(RATE), '--follow'],
  environment,
  said: folder,
});
console.log(`Everything is said in ${folder}`);
console.log(`first batch shown after ${((await sleep(2000), await untilShown()) / 1000).toFixed(1)} s`);
const seconds = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const { name, kill, mend } of victims) {
    await sleep(3000 + Math.random() * 4000);
    await kill();
    const wait = untilShown();
    wait.catch(() => undefined);
    mend();
    const took = (await wait) / 1000;
    seconds.set(name, [...(seconds.get(name) ?? []), took]);
    console.log(`${name}: killed, all of before shown after ${took.toFixed(1)} s; ${shown.counted} counted`);
  }
}
vote.child.kill('SIGTERM');
await vote.end;
await untilShown();
const same = JSON.parse(livetally('promote', 'spark', '--json')) as object;
console.log('the run compared with the in-process tally:', same);
await tally.stop();
livetally('close', '--yes');
livetally('tally', '--json');
console.log('closed, recounted:', livetally('recount', '--json').trim());
for (const [name, took] of seconds) console.log(`${name}: ${took.map((one) => one.toFixed(1)).join(', ')} s`);
console.log(`tally was started ${tally.starts} times, faults: ${faults.length}`);
await log.close();
