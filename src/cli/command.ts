import type { OptionName, Values } from '../app/options.ts';
import type { Terminal } from './terminal.ts';

/** One command: what `--help` says of it, and what it does. One file each in this folder. */
export interface Command<Names extends OptionName = OptionName> {
  readonly name: string;
  /** `<file>`: required; `[folder]`: may be left out. */
  readonly argument?: string;
  /** A line for the list of commands. */
  readonly summary: string;
  /** What it reads and writes, and when to use it. */
  readonly description: string;
  readonly examples: readonly string[];
  readonly options: readonly Names[];
  run(context: CommandContext<Names>): Promise<CommandEnd | void>;
}

export interface CommandContext<Names extends OptionName> {
  readonly argument: string | undefined;
  readonly values: Values<Names>;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C or SIGTERM: finish what is under way and end. */
  readonly signal: AbortSignal;
}

/** A command that ran to its end and found something wrong with what it looked at. */
export interface CommandEnd {
  readonly exitCode: number;
}

/** Gives `run` the values of just the options it names, and forgets which they are. */
export function command<const Names extends OptionName>(definition: Command<Names>): Command {
  return definition;
}
