import { Command as Program, Option as Flag, type Argument } from 'commander';
import { attributeOf, OPTIONS, type Option } from '../app/options.ts';
import { diagram } from '../flow.ts';
import { asTyped } from './as-typed.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { VERSION } from './version.ts';

export type RunCommand = (
  command: Command,
  argument: string | undefined,
  given: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** Wider lines are hard to read. */
const MOST_COLUMNS = 100;
const ABOUT = 'Real-time voting: registers voters, takes ballots, counts them as they stream in, shows the count live.';

/** The command line: what can be given, and its help. Parsing throws a CommanderError where it does not fit. */
export function createProgram(run: RunCommand, columns: number = process.stdout.columns ?? 80): Program {
  const program = configured(new Program('livetally'), columns)
    .description(ABOUT)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .usage('COMMAND [options]')
    .helpCommand(false)
    .addHelpText('after', asTyped(`\n${diagram()}\n\n${START_HERE}`));
  for (const command of COMMANDS) program.addCommand(subcommand(command, run, columns));
  return program;
}

const START_HERE = `Start here:
  livetally start            everything in one process; prints the address of the page
  livetally COMMAND --help   what a command does, with examples
What each exit code means and what to do: docs/errors.md`;

function subcommand(command: Command, run: RunCommand, columns: number): Program {
  const { name, argument, summary, description, examples, options } = command;
  const added = configured(new Program(name), columns).summary(summary).description(flowing(description));
  added.helpOption('-h, --help', 'print this help');
  if (argument !== undefined) added.argument(argument.term, argument.help);
  for (const option of options) added.addOption(flagOf(OPTIONS[option]));
  const lines = examples.map((example) => `  ${example}`).join('\n');
  added.addHelpText('after', asTyped(`\nExample${examples.length > 1 ? 's' : ''}:\n${lines}`));
  added.action(async (...given: unknown[]) => {
    await run(command, argument === undefined ? undefined : (given[0] as string | undefined), added.opts());
  });
  return added;
}

function configured(program: Program, columns: number): Program {
  return program
    .exitOverride()
    .configureHelp({
      helpWidth: Math.min(columns, MOST_COLUMNS),
      commandUsage: (command) => asTyped(usageOf(command)),
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
    })
    .configureOutput({ outputError: () => undefined }); // failure.ts says it
}

function usageOf(command: Program): string {
  const path = command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
  return `${path} ${command.usage()}`;
}

function termOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

/** Lines of the source are not lines of the help. */
function flowing(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

function flagOf(option: Option<unknown>): Flag {
  const notes = notesOf(option);
  const flag = new Flag(option.flag, notes === '' ? option.help : `${option.help} (${notes})`);
  // Commander takes `--no-x` as the negation of `x`; here it is a switch like any other.
  flag.negate = false;
  flag.attributeName = () => attributeOf(option);
  return flag;
}

function notesOf({ environment, byDefault }: Option<unknown>): string {
  const notes = [
    ...(byDefault === undefined ? [] : [`default: ${byDefault}`]),
    ...(environment === undefined ? [] : [`environment: ${environment}`]),
  ];
  return notes.join(', ');
}
