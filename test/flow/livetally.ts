import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { Election } from '../../src/election/election.ts';

/** livetally as people run it: child processes with nothing but their arguments. */
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** How a command ended, and all it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that goes on until it is stopped. */
export interface Running {
  readonly child: ChildProcess;
  /** Its first line on standard output. */
  readonly firstLine: string;
  /** Sends Ctrl-C and waits for the end. */
  readonly stop: () => Promise<Ended>;
}

const running = new Set<ChildProcess>();

/** What a command is given besides its arguments. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function livetally(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  return ended(launch(args, surroundings));
}

/** Resolves with its one JSON value; the command must end well, and say nothing else on standard output. */
export async function jsonOf<Value>(...args: readonly string[]): Promise<Value> {
  const { code, out, err } = await livetally([...args, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(out) as Value;
}

/** A command that is left to itself. */
export function inBackground(
  args: readonly string[],
  surroundings: Surroundings = {},
): Omit<Running, 'firstLine'> & { readonly end: Promise<Ended> } {
  const child = launch(args, surroundings);
  const end = ended(child);
  return {
    child,
    end,
    stop() {
      child.kill('SIGINT');
      return end;
    },
  };
}

/** Resolves when it has said its first line. */
export async function startLivetally(args: readonly string[], surroundings: Surroundings = {}): Promise<Running> {
  const { child, end, stop } = inBackground(args, surroundings);
  const firstLine = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    void end.then(({ err }) => reject(new Error(`It ended before it said anything: ${err}`)));
  });
  return { child, firstLine, stop };
}

/** Those that a failed test left behind. */
function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

function launch(args: readonly string[], { cwd, env = {} }: Surroundings = {}): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...plainEnvironment(), ...env },
    stdio: 'pipe',
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Of TypeScript made JavaScript: the commands of a test file start twice as fast. */
const COMPILED = mkdtempSync(join(tmpdir(), 'livetally-compiled-'));

/** What a user has set, or npm, must not decide a test. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(
    ([name]) => !/^(LIVETALLY_|npm_|KAFKA_|SPARK_|DATABASE_URL|PG)/.test(name),
  );
  return { ...Object.fromEntries(plain), NODE_COMPILE_CACHE: COMPILED };
}

async function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout!.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr!.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

/** The command failed as documented: exit code, cause and next step in words, and no stack trace. */
export function expectFailure(
  { code, out, err }: Ended,
  wanted: { readonly exitCode: number; readonly code: string; readonly says: RegExp; readonly next: RegExp },
): void {
  expect({ code, out }).toEqual({ code: wanted.exitCode, out: '' });
  expect(err).toMatch(wanted.says);
  expect(err).toMatch(wanted.next);
  expect(err).toContain(`(${wanted.code}, exit code ${wanted.exitCode})`);
  expect(err).not.toMatch(/^ {4}at /m);
}

/** A folder for one test file; `remove` ends its processes too. */
export function scratch(): { path: (name: string) => string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'livetally-flow-'));
  return {
    path: (name) => join(folder, name),
    remove() {
      killAll();
      for (const used of [folder, COMPILED]) rmSync(used, { recursive: true, force: true });
    },
  };
}

/** JSON is YAML. */
export function writeElection(file: string, election: Election): string {
  writeFileSync(file, JSON.stringify(election, undefined, 2));
  return file;
}
