import { EXIT_INTERRUPTED } from './failure.ts';

/** Ctrl-C: the first asks the command to finish what is under way, the second ends the process at once. */
export interface Interrupts {
  readonly signal: AbortSignal;
  close(): void;
}

/** npm passes on the Ctrl-C that the terminal has sent to every process of the group: that is one, not two. */
const SAME_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface InterruptOptions {
  readonly onFirst: () => void;
  readonly process?: NodeJS.EventEmitter;
  readonly exit?: (code: number) => void;
  readonly now?: () => number;
}

export function openInterrupts(options: InterruptOptions): Interrupts {
  const { onFirst, process: from = process, exit = endProcess, now = Date.now } = options;
  const stop = new AbortController();
  let firstAt = 0;
  const interrupt = (): void => {
    if (!stop.signal.aborted) {
      firstAt = now();
      onFirst();
      stop.abort();
    } else if (now() - firstAt >= SAME_MS) exit(EXIT_INTERRUPTED);
  };
  for (const name of SIGNALS) from.on(name, interrupt);
  return {
    signal: stop.signal,
    close() {
      for (const name of SIGNALS) from.off(name, interrupt);
    },
  };
}

function endProcess(code: number): void {
  process.exit(code);
}
