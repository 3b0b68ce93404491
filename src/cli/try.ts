import { createTerminal } from './terminal.ts';
import { replayCommand } from './commands/replay.ts';
import { importCommand } from './commands/import.ts';
const [name, argument, extra] = process.argv.slice(2);
const c = name === 'import' ? importCommand : replayCommand;
await c.run({
  argument,
  values: {
    partitions: 4,
    out: name === 'import' ? extra : undefined,
    land: process.argv[5],
    keep: name === 'replay' ? extra : undefined,
  } as never,
  terminal: createTerminal(false),
  signal: new AbortController().signal,
});
