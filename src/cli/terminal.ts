import type { Logger } from '../ports/effects.ts';
import type { Progress } from './progress.ts';
import { openProgress } from './progress.ts';

/** Where a command speaks: results on standard output, everything else on standard error. */
export interface Terminal {
  readonly json: boolean;
  /** The result: the text for people, or the value as one line of JSON with `--json`. */
  result(value: unknown, text: string): void;
  /** A sentence on the way; silent with `--json`. */
  say(text: string): void;
  /** Long work; `total` undefined when it is not known. */
  progress(what: string, unit: string, total?: number): Progress;
  readonly log: Logger;
}

export function createTerminal(json: boolean): Terminal {
  return {
    json,
    result(value, text) {
      process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
    },
    say(text) {
      if (!json) process.stderr.write(`${text}\n`);
    },
    progress: (what, unit, total) => openProgress({ what, unit, total, quiet: json }),
    log: json ? jsonLogger() : plainLogger(),
  };
}

type Level = keyof Logger;

function plainLogger(): Logger {
  const write =
    (level: Level) =>
    (fields: object, message: string): void => {
      if (level === 'info') return;
      process.stderr.write(`${level}: ${message} ${JSON.stringify(fields)}\n`);
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** Loaded when it is first needed: most commands end before they log. */
function jsonLogger(): Logger {
  const loading = import('pino').then(({ pino }) => pino({ base: null }, pino.destination({ fd: 2, sync: true })));
  const write =
    (level: Level) =>
    (fields: object, message: string): void => {
      void loading.then((logger) => logger[level](fields, message));
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
