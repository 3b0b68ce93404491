import { CommanderError } from 'commander';
import { EXIT_CODES, LivetallyError } from '../error.ts';
import { asTyped } from './as-typed.ts';

/** Exit codes of no error code: a fault in livetally, and work that Ctrl-C cut short. */
export const EXIT_FAULT = 1;
export const EXIT_INTERRUPTED = 130;

/** Says on standard error what went wrong and what to do next, in JSON or in words. Returns the exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  const failure = expected(error);
  if (failure === undefined) return reportFault(error, json);
  const { code, message, next } = failure;
  const exitCode = EXIT_CODES[code];
  const words = [message, ...(next === undefined ? [] : [next]), `(${code}, exit code ${exitCode})`].join('\n');
  write(json ? JSON.stringify({ code, exitCode, message, next }) : asTyped(words));
  return exitCode;
}

function reportFault(error: unknown, json: boolean): number {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  const next =
    'This is a fault in livetally. Nothing that was acknowledged is lost. Please report it, with these lines.';
  if (json) write(JSON.stringify({ code: 'LT_FAULT', exitCode: EXIT_FAULT, message, next, stack }));
  else write(`${stack ?? message}\n${next}`);
  return EXIT_FAULT;
}

function write(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The failures that a person can act on; undefined for a bug. */
function expected(error: unknown): LivetallyError | undefined {
  if (error instanceof LivetallyError) return error;
  if (error instanceof CommanderError) return usage(error);
  return error instanceof Error && 'syscall' in error ? ofSystem(error) : undefined;
}

function usage(error: CommanderError): LivetallyError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const hints = rest.map((line) => line.replace(/^\((.*)\)$/, '$1')).join(' ');
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, '')}.`;
  return new LivetallyError('LT_USAGE', hints === '' ? message : `${message} ${hints}`, {
    next: 'See `livetally --help`, and `livetally COMMAND --help` for the options of a command.',
  });
}

const REASONS: Readonly<Record<string, readonly [says: string, next: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space and run it again: what was acknowledged is safe.'],
  EDQUOT: ['the quota is used up', 'Free some space and run it again: what was acknowledged is safe.'],
  EACCES: ['you may not', 'Change who may use it, or name another.'],
  EPERM: ['you may not', 'Change who may use it, or name another.'],
  EROFS: ['the disk is read-only', 'Name a place on another disk.'],
  ENOENT: ['it is not there', 'Check the path.'],
  ENOTDIR: ['a part of its path is a file', 'Check the path.'],
  EISDIR: ['it is a folder', 'Name a file.'],
  EEXIST: ['it is there already', 'Name another.'],
};

/** A file or folder that the system refuses, wherever it came up. */
function ofSystem(error: Error & { code?: string; path?: string }): LivetallyError | undefined {
  const reason = REASONS[error.code ?? ''];
  if (reason === undefined) return undefined;
  const [says, next] = reason;
  return new LivetallyError('LT_FILE', `${error.path ?? 'A file'} cannot be used: ${says}.`, { next, cause: error });
}
