import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LivetallyError } from '../error.ts';
import { INTERRUPTED, type Command } from './command.ts';
import { runCommand } from './run-command.ts';

let said: string;

beforeEach(() => {
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

function commandThat(run: Command['run']): Command {
  return { name: 'work', summary: '', description: '', examples: [], options: ['seed', 'json'], run };
}

/** As Ctrl-C would: the newest listener is the command's. */
function interrupt(): void {
  process.listeners('SIGINT').at(-1)!('SIGINT');
}

describe('[C8] a command', () => {
  it('that Ctrl-C breaks off ends with 130, and without a stack trace', async () => {
    const command = commandThat(async ({ signal }) => {
      interrupt();
      signal.throwIfAborted();
    });
    expect(await runCommand(command, undefined, {})).toBe(130);
    expect(said).toBe('Stopping; Ctrl-C once more stops at once.\nStopped before the end.\n');
  });

  it('that stops in order says itself how it ended', async () => {
    const stopping = (end: Awaited<ReturnType<Command['run']>>): Command =>
      commandThat(async () => {
        interrupt();
        return end;
      });
    expect(await runCommand(stopping(INTERRUPTED), undefined, {})).toBe(130);
    expect(await runCommand(stopping(undefined), undefined, {})).toBe(0);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGINT');
    await runCommand(
      commandThat(async () => undefined),
      undefined,
      {},
    );
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

it('[C3] a command that fails ends with the exit code of its failure', async () => {
  const command = commandThat(async () => {
    throw new LivetallyError('LT_PORT_IN_USE', 'Taken.');
  });
  expect(await runCommand(command, undefined, { json: true })).toBe(6);
  expect(JSON.parse(said)).toMatchObject({ code: 'LT_PORT_IN_USE' });
});

it('[C5] a command gets its values, and its argument', async () => {
  const run = vi.fn(async () => undefined);
  await runCommand(commandThat(run), 'a-file', { seed: 'spring' });
  expect(run).toHaveBeenCalledWith(
    expect.objectContaining({ argument: 'a-file', values: { seed: 'spring', json: undefined } }),
  );
});
