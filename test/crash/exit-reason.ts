import { EXIT_CODES, type ErrorCode } from '../../src/error.ts';

/** How a process ended that nobody killed. */
export interface Exit {
  readonly name: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** The last of what it said on standard error. */
  readonly lines: readonly string[];
}

const REASON = /^\((LT_[A-Z_]+), exit code (\d+)\)$/;

/** The documented error code on which it ended; undefined when it gave none, or another exit code than it said. */
export function reasonOf({ code, lines }: Exit): ErrorCode | undefined {
  const [, name = '', said] = REASON.exec(lines.findLast((line) => line !== '') ?? '') ?? [];
  if (!Object.hasOwn(EXIT_CODES, name)) return undefined;
  const reason = name as ErrorCode;
  return EXIT_CODES[reason] === code && Number(said) === code ? reason : undefined;
}

/** A line that no person should ever see: of a stack trace, of a fault in the product or in Node. */
export function isTrace(line: string): boolean {
  return /^\s+at .*(?::\d+:\d+|<anonymous>)/.test(line) || /This is a fault in livetally|Unhandled|Uncaught/.test(line);
}

export function exitText({ name, code, signal, lines }: Exit): string {
  return `${name} ended with ${signal ?? code}:\n  ${lines.slice(-12).join('\n  ')}`;
}
