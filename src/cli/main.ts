import { CommanderError } from 'commander';
import { reportFailure } from './failure.ts';
import { createProgram } from './program.ts';
import { runCommand } from './run-command.ts';

/** Runs one command line, without the program's own name. Resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyWhenNobodyReads();
  let exitCode = 0;
  const program = createProgram(async (command, argument, given) => {
    exitCode = await runCommand(command, argument, given);
  });
  try {
    await program.parseAsync(withHelp(argv), { from: 'user' });
  } catch (error) {
    // Help and the version come this way too.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportFailure(error, argv.includes('--json'));
  }
  return exitCode;
}

/** No command at all asks for help, and so does `help vote`. */
function withHelp([first, ...rest]: readonly string[]): string[] {
  return first === undefined || first === 'help' ? [...rest, '--help'] : [first, ...rest];
}

/** `livetally export | head`: the reader has seen enough. */
function endQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
