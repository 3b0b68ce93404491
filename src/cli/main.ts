import { Command as Program, CommanderError, Option as Flag } from 'commander';
import { attributeOf, OPTIONS, readValues, type Option } from '../app/options.ts';
import { EXIT_CODES, LivetallyError } from '../error.ts';
import { diagram } from '../flow.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { createTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** A bug, or something nobody foresaw. */
const EXIT_BUG = 1;
const EXIT_INTERRUPTED = 130;

export function createProgram(end: (exitCode: number) => void): Program {
  const program = new Program('livetally')
    .description(
      'Real-time voting: registers voters, takes ballots, counts them as they stream in, shows the count live.',
    )
    .version(VERSION)
    .addHelpText('after', `\n${diagram()}\n\nStart here: livetally start`)
    .exitOverride();
  for (const definition of COMMANDS) addCommand(program, definition, end);
  return program;
}

function addCommand(program: Program, definition: Command, end: (exitCode: number) => void): void {
  const added = program.command(definition.name).summary(definition.summary).description(definition.description);
  if (definition.argument !== undefined) added.argument(definition.argument);
  for (const name of definition.options) added.addOption(flagOf(OPTIONS[name]));
  const examples = definition.examples.map((example) => `  ${example}`).join('\n');
  added.addHelpText('after', `\nExample${definition.examples.length > 1 ? 's' : ''}:\n${examples}`);
  added.action(async (...given: unknown[]) => {
    const argument = definition.argument === undefined ? undefined : (given[0] as string | undefined);
    end(await runCommand(definition, argument, added.opts()));
  });
}

function flagOf(option: Option<unknown>): Flag {
  const also = option.environment === undefined ? [] : [`env: ${option.environment}`];
  const byDefault = option.byDefault === undefined ? [] : [`default: ${option.byDefault}`];
  const notes = [...byDefault, ...also].join(', ');
  const flag = new Flag(option.flag, notes === '' ? option.help : `${option.help} (${notes})`);
  // Commander takes `--no-x` as the negation of `x`; here it is a switch like any other.
  flag.negate = false;
  flag.attributeName = () => attributeOf(option);
  return flag;
}

async function runCommand(
  definition: Command,
  argument: string | undefined,
  given: Record<string, unknown>,
): Promise<number> {
  const terminal = createTerminal(given['json'] === true);
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(EXIT_INTERRUPTED);
    terminal.say('Stopping; once more to stop at once.');
    stop.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const values = readValues(definition.options, given, process.env);
    const ended = await definition.run({ argument, values, terminal, signal: stop.signal });
    return ended?.exitCode ?? 0;
  } catch (error) {
    return report(error, terminal.json);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Says what went wrong and what to do next; returns the exit code. */
function report(error: unknown, json: boolean): number {
  if (!(error instanceof LivetallyError)) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT_BUG;
  }
  const { code, message, next } = error;
  process.stderr.write(
    json
      ? `${JSON.stringify({ code, message, next })}\n`
      : `${message}\n${next === undefined ? '' : `${next}\n`}(${code})\n`,
  );
  return EXIT_CODES[code];
}

export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram((code) => (exitCode = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_CODES.LT_USAGE;
  }
  return exitCode;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
