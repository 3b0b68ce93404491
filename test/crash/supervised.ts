import { setTimeout as sleep } from 'node:timers/promises';
import { exitText, reasonOf, type Exit } from './exit-reason.ts';
import { startProduct, type ProductOptions, type ProductProcess } from './product-process.ts';

/** A process that follows, and a supervisor that starts it again when it is dead. */
export interface Supervised {
  readonly name: string;
  /** How often it was started. */
  readonly starts: number;
  /** SIGKILL; it is started again. Resolves when it is dead. */
  kill(): Promise<void>;
  /** SIGTERM, and it must end well. It stays down until `start`. */
  stop(): Promise<void>;
  start(): void;
  /** SIGKILL, and it stays down. */
  abandon(): void;
  /** Why it is not ready; undefined: it is. */
  unready(): Promise<string | undefined>;
}

export interface SupervisedOptions extends ProductOptions {
  /** Where it answers about its health. */
  readonly healthUrl: string;
  /** Hears of what must not be: an end that nobody asked for, a stack trace. */
  readonly onFault: (fault: Error) => void;
}

const RESTART_MS = 200;
const ANSWER_MS = 3000;

export function supervise(options: SupervisedOptions): Supervised {
  const { name, healthUrl, onFault } = options;
  let running: ProductProcess | undefined;
  let starts = 0;
  let wanted: 'up' | 'killed' | 'down' = 'down';

  function start(): void {
    const process = startProduct(options);
    running = process;
    starts++;
    wanted = 'up';
    process.end.then(afterEnd).catch(onFault);
  }

  async function afterEnd(exit: Exit): Promise<void> {
    running = undefined;
    if (wanted === 'up') throw new Error(`Nobody killed it: ${exitText(exit)} (${reasonOf(exit) ?? 'no reason'})`);
    if (wanted === 'killed') await sleep(RESTART_MS);
    // Somebody may have asked for its end meanwhile.
    if (wanted === 'killed') start();
  }

  return {
    name,
    get starts(): number {
      return starts;
    },
    start,
    async kill() {
      if (running === undefined) return;
      wanted = 'killed';
      running.child.kill('SIGKILL');
      await running.end;
    },
    abandon() {
      wanted = 'down';
      running?.child.kill('SIGKILL');
    },
    async stop() {
      const process = running;
      wanted = 'down';
      if (process === undefined) return;
      process.child.kill('SIGTERM');
      const exit = await process.end;
      if (exit.code !== 0) throw new Error(`Asked to stop, ${exitText(exit)}`);
    },
    async unready() {
      try {
        const response = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
        return response.status === 200 ? undefined : `${response.status} ${await response.text()}`;
      } catch (error) {
        return String(error instanceof Error ? (error.cause ?? error) : error);
      }
    },
  };
}
