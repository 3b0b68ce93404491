import { readValues } from '../app/options.ts';
import type { Command } from './command.ts';
import { EXIT_INTERRUPTED, reportFailure } from './failure.ts';
import { openInterrupts } from './interrupts.ts';
import { createTerminal } from './terminal.ts';

/** Runs a command with what the command line gave, by name of the flag. Returns the exit code. */
export async function runCommand(
  command: Command,
  argument: string | undefined,
  given: Readonly<Record<string, unknown>>,
): Promise<number> {
  const terminal = createTerminal(given['json'] === true);
  const interrupts = openInterrupts({ onFirst: () => terminal.say('Stopping; Ctrl-C once more stops at once.') });
  const { signal } = interrupts;
  try {
    const values = readValues(command, given, process.env);
    const end = await command.run({ argument, values, terminal, signal });
    return end?.exitCode ?? 0;
  } catch (error) {
    terminal.line?.clear();
    if (!signal.aborted || !isAbort(error)) return reportFailure(error, terminal.json);
    terminal.say('Stopped before the end.');
    return EXIT_INTERRUPTED;
  } finally {
    interrupts.close();
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
