import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../src/error.ts';
import { exitText, reasonOf, type Exit } from './exit-reason.ts';
import { startProduct, type ProductOptions, type ProductProcess } from './product-process.ts';

/** Registers that run one after the other, each for some more people; one that died is run again. */
export interface RegisterRuns {
  /** How many were started, and how many ended well. */
  readonly starts: number;
  readonly ended: number;
  /** People of the last one that ended well. */
  readonly people: number;
  /** How often one ended by itself, by the reason it gave. */
  readonly exits: ReadonlyMap<ErrorCode, number>;
  /** SIGKILL, so long after a run has begun. Resolves with whether there was one to kill. */
  kill(afterMs: number): Promise<boolean>;
  /** Resolves when the run under way has ended well; no other begins until `go`. */
  rest(): Promise<void>;
  go(): void;
  /** SIGKILL, and no other begins. */
  abandon(): void;
}

export interface RegisterRunsOptions {
  /** Of a run for so many people in all. */
  readonly run: (people: number) => ProductOptions;
  readonly step: number;
  readonly onFault: (fault: Error) => void;
}

/** Nothing starts it again by itself when a server is away, as it does not follow. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['LT_LOG_AWAY', 'LT_DATABASE_AWAY']);
const PAUSE_MS = 1200;
const AGAIN_MS = 500;

export function runRegisters({ run, step, onFault }: RegisterRunsOptions): RegisterRuns {
  const exits = new Map<ErrorCode, number>();
  let running: ProductProcess | undefined;
  let killed = false;
  let isAbandoned = false;
  let starts = 0;
  let ended = 0;
  let people = 0;
  let mayRun = Promise.withResolvers<void>();
  let idle = Promise.resolve();
  let begun = Promise.withResolvers<void>();

  async function register(count: number): Promise<void> {
    while (!isAbandoned) {
      running = startProduct(run(count));
      starts++;
      killed = false;
      begun.resolve();
      const exit = await running.end;
      running = undefined;
      begun = Promise.withResolvers();
      if (exit.code === 0) break;
      if (!killed && !isAbandoned) noteExit(exit);
      await sleep(AGAIN_MS);
    }
    people = count;
    ended++;
  }

  function noteExit(exit: Exit): void {
    const reason = reasonOf(exit);
    if (reason === undefined || !PASSING.has(reason)) throw new Error(`Nobody killed it: ${exitText(exit)}`);
    exits.set(reason, (exits.get(reason) ?? 0) + 1);
  }

  async function registerAll(): Promise<void> {
    while (!isAbandoned) {
      await mayRun.promise;
      const work = register(people + step);
      idle = work.catch(() => undefined);
      await work;
      await sleep(PAUSE_MS);
    }
  }

  registerAll().catch(onFault);
  return {
    get starts(): number {
      return starts;
    },
    get ended(): number {
      return ended;
    },
    get people(): number {
      return people;
    },
    exits,
    async kill(afterMs) {
      await begun.promise;
      const process = running;
      await sleep(Math.max(0, (process?.startedMs ?? 0) + afterMs - performance.now()));
      if (process === undefined || running !== process) return false;
      killed = true;
      process.child.kill('SIGKILL');
      return (await process.end).signal === 'SIGKILL';
    },
    async rest() {
      mayRun = Promise.withResolvers();
      await idle;
    },
    go: () => mayRun.resolve(),
    abandon() {
      isAbandoned = true;
      running?.child.kill('SIGKILL');
    },
  };
}
