import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isTrace, type Exit } from './exit-reason.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const LINES_KEPT = 40;

export interface ProductOptions {
  /** For messages, and for the file of all it says. */
  readonly name: string;
  /** The command line, without the program. */
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** A folder for what the processes say. */
  readonly said: string;
}

/** One process of the product, from its start to its end. */
export interface ProductProcess {
  readonly child: ChildProcess;
  readonly startedMs: number;
  /** Resolves when it is dead and all that it said has been read. Rejects when it showed a stack trace. */
  readonly end: Promise<Exit>;
}

/** `livetally WORDS…` as people run it. */
export function startProduct({ name, words, environment, said }: ProductOptions): ProductProcess {
  const child = spawn(process.execPath, [MAIN, ...words], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const file = join(said, `${name}.txt`);
  const lines: string[] = [];
  let trace: string | undefined;
  const note = (line: string): void => appendFileSync(file, `${new Date().toISOString()} ${child.pid} ${line}\n`);
  createInterface({ input: child.stdout }).on('line', note);
  createInterface({ input: child.stderr }).on('line', (line) => {
    note(line);
    if (isTrace(line)) trace ??= line;
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
  });
  const end = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      note(`ended: ${signal ?? code}`);
      if (trace === undefined) resolve({ name, code, signal, lines });
      else reject(new Error(`${name} showed a stack trace, see ${file}:\n  ${lines.join('\n  ')}`));
    });
  });
  end.catch(() => undefined); // whoever waits for it sees it
  return { child, startedMs: performance.now(), end };
}
