import type { OptionName, Values } from '../app/options.ts';
import { EXIT_INTERRUPTED } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** One command: what `--help` says of it, and what it does. One file each in this folder. */
export interface Command<Names extends OptionName = OptionName> {
  readonly name: string;
  readonly argument?: Argument;
  /** A line for the list of commands. */
  readonly summary: string;
  /** What it reads and writes, and when to use it. */
  readonly description: string;
  readonly examples: readonly string[];
  readonly options: readonly Names[];
  run(context: CommandContext<Names>): Promise<CommandEnd | void>;
}

interface Argument {
  /** `<file>`: required; `[folder]`: may be left out. */
  readonly term: string;
  readonly help: string;
}

export interface CommandContext<Names extends OptionName> {
  readonly argument: string | undefined;
  readonly values: Values<Names>;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C or SIGTERM: finish what is under way and end. */
  readonly signal: AbortSignal;
}

/** How a command that did not throw ended otherwise than well: what it looked at is wrong, or it was cut short. */
export interface CommandEnd {
  readonly exitCode: number;
}

/** Ctrl-C before the work was done. What is done stays done; the same command goes on. */
export const INTERRUPTED: CommandEnd = { exitCode: EXIT_INTERRUPTED };

/** Gives `run` the values of just the options it names, and forgets which they are. */
export function command<const Names extends OptionName>(definition: Command<Names>): Command {
  return definition;
}
