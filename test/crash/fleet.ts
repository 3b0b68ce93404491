import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProductOptions } from './product-process.ts';
import { supervise, type Supervised } from './supervised.ts';

/** Every process of one election but the registers, found by environment alone, each started again when it is dead. */
export interface Fleet {
  readonly processes: readonly Supervised[];
  /** Those of a stage: there are two that vote. */
  of(stage: Stage): readonly Supervised[];
  readonly intakeUrl: string;
  readonly dashboardUrl: string;
  readonly token: string;
  /** How any command of the product is run on this election. */
  command(name: string, ...words: readonly string[]): ProductOptions;
  /** Resolves with how long it took until all that nobody has killed meanwhile are ready. Throws what is not. */
  untilReady(): Promise<number>;
}

export const FOLLOWING = ['vote', 'intake', 'tally', 'project', 'dashboard'] as const;
export type Stage = (typeof FOLLOWING)[number];

export interface FleetOptions {
  /** A folder of the campaign. */
  readonly root: string;
  readonly data: string;
  readonly electionId: string;
  readonly kafka: string;
  readonly databaseUrl: string;
  /** Seven free ports. */
  readonly ports: readonly number[];
  readonly onFault: (fault: Error) => void;
}

/** Small enough that a kill lands in the middle of an issue. */
const BALLOTS_PER_SECOND = '60';
const READY_MS = 30_000;
const POLL_MS = 200;

export function createFleet(options: FleetOptions): Fleet {
  const token = randomBytes(24).toString('hex');
  const urls = options.ports.map((port) => `http://127.0.0.1:${port}`);
  const [vote1, vote2, intake, tally, project, dashboard, page] = options.ports.map(String);
  const environment = environmentOf(options, token);
  const command = (name: string, ...words: readonly string[]): ProductOptions => {
    return { name, words, environment, said: options.root };
  };
  const following = (name: string, at: number, ...words: readonly string[]): Supervised => {
    return supervise({ ...command(name, ...words), healthUrl: urls[at]!, onFault: options.onFault });
  };
  const vote = (part: string, health: string): string[] => {
    return ['vote', '--follow', '--part', part, '--rate', BALLOTS_PER_SECOND, '--health-port', health];
  };
  const stages: Readonly<Record<Stage, readonly Supervised[]>> = {
    vote: [following('vote-1', 0, ...vote('1/2', vote1!)), following('vote-2', 1, ...vote('2/2', vote2!))],
    intake: [following('intake', 2, 'intake', '--port', intake!)],
    tally: [following('tally', 3, 'tally', '--follow', '--health-port', tally!)],
    project: [following('project', 4, 'project', '--follow', '--health-port', project!)],
    dashboard: [following('dashboard', 5, 'dashboard', '--port', page!, '--health-port', dashboard!)],
  };
  const processes = Object.values(stages).flat();
  return {
    processes,
    of: (stage) => stages[stage],
    intakeUrl: urls[2]!,
    dashboardUrl: urls[6]!,
    token,
    command,
    async untilReady() {
      const took = await Promise.all(processes.map(untilReady));
      return Math.max(...took);
    },
  };
}

/** What somebody has set must not decide the campaign. To start is most of what a process does in its life. */
function environmentOf(options: FleetOptions, token: string): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(([name]) => !/^(LIVETALLY_|npm_|KAFKA_|DATABASE_URL|PG)/.test(name));
  return {
    ...Object.fromEntries(plain),
    NODE_COMPILE_CACHE: join(options.root, 'compiled'),
    LIVETALLY_DATA: options.data,
    LIVETALLY_ELECTION_ID: options.electionId,
    LIVETALLY_FEED_TOKEN: token,
    KAFKA_BOOTSTRAP_SERVERS: options.kafka,
    DATABASE_URL: options.databaseUrl,
  };
}

async function untilReady(process: Supervised): Promise<number> {
  const { starts } = process;
  const sinceMs = performance.now();
  for (;;) {
    const reason = await process.unready();
    const tookMs = performance.now() - sinceMs;
    if (reason === undefined || process.starts !== starts) return tookMs;
    if (tookMs > READY_MS) throw new Error(`${process.name} is not ready after ${READY_MS / 1000} s: ${reason}`);
    await sleep(POLL_MS);
  }
}
