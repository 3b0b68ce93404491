import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { VictimOptions } from './victim.ts';

const VICTIM = join(import.meta.dirname, 'victim.ts');

/** Kill so long after the victim has said this. */
export interface Death {
  readonly after: 'started' | 'working';
  readonly waitMs: number;
}

export interface VictimRun {
  /** False: it was done before. */
  readonly killed: boolean;
  /** It came to its work, so there is an election. */
  readonly worked: boolean;
  /** Ballots counted, by the reports in their order. */
  readonly reported: readonly number[];
}

/** Runs a victim until it dies or is done. Throws when it fails, or complains, by itself. */
export async function runVictim(options: VictimOptions, death?: Death): Promise<VictimRun> {
  const child = spawn(process.execPath, [VICTIM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // To start is most of what a victim does in its life.
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(options.data), 'compiled') },
  });
  const closed = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  const complaints = text(child.stderr);
  const said: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (line === death?.after) timer = setTimeout(() => child.kill('SIGKILL'), death.waitMs);
  }
  const [code, signal] = await closed;
  clearTimeout(timer);
  const complaint = said.find((line) => line.startsWith('error')) ?? (await complaints).trim();
  if (complaint !== '' || (signal !== 'SIGKILL' && code !== 0)) {
    throw new Error(`the victim ended with ${signal ?? code}: ${complaint}`);
  }
  return {
    killed: signal === 'SIGKILL',
    worked: said.includes('working'),
    reported: said.filter((line) => line.startsWith('report ')).map((line) => Number(line.slice('report '.length))),
  };
}
