import type { Logger } from '../ports/effects.ts';
import { asTyped } from './as-typed.ts';
import { openProgress, type Progress, type ProgressOptions } from './progress.ts';
import { createStatusLine, type StatusLine } from './status-line.ts';

/** Where a command speaks: results on standard output, everything else on standard error. */
export interface Terminal {
  readonly json: boolean;
  /** The result, once: the text for people, or the value as one line of JSON with `--json`. */
  result(value: unknown, text: string): void;
  /** A sentence on the way; silent with `--json`. */
  readonly say: (text: string) => void;
  /** Long work; silent with `--json`. */
  progress(options: ProgressOptions): Progress;
  /** Undefined where nothing can be rewritten in place. */
  readonly line: StatusLine | undefined;
  readonly log: Logger;
}

export function createTerminal(json: boolean): Terminal {
  const line = process.stderr.isTTY && !json ? createStatusLine(process.stderr) : undefined;
  const say = (text: string): void => {
    if (json) return;
    line?.clear();
    process.stderr.write(`${asTyped(text)}\n`);
  };
  return {
    json,
    line,
    say,
    result(value, text) {
      line?.clear();
      process.stdout.write(`${json ? JSON.stringify(value) : asTyped(text)}\n`);
    },
    progress: (options) => (json ? SILENT : openProgress(options, { line, say })),
    log: json ? jsonLogger() : plainLogger(say),
  };
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

type Level = keyof Logger;

function plainLogger(say: (text: string) => void): Logger {
  const write =
    (level: Level) =>
    (fields: object, message: string): void =>
      say(`${level}: ${message} ${JSON.stringify(fields)}`);
  return { info: () => undefined, warn: write('warn'), error: write('error') };
}

/** Loaded when it is first needed: most commands end before they log. */
function jsonLogger(): Logger {
  const write =
    (level: Level) =>
    (fields: object, message: string): void => {
      loading ??= import('pino').then(({ pino }) => pino({ base: null }, pino.destination({ fd: 2, sync: true })));
      void loading.then((logger) => logger[level](fields, message));
    };
  let loading: Promise<Logger> | undefined;
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
