import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { createProgram } from './program.ts';

const program = createProgram(async () => undefined, 80);

describe('[C1] help', () => {
  it('of the program', () => {
    expect(helpOf(undefined)).toMatchSnapshot();
  });

  it.each(COMMANDS.map(({ name }) => name))('of %s', (name) => {
    const help = helpOf(name);
    expect(help).toMatchSnapshot();
    expect(help).toMatch(/\nExamples?:\n {2}livetally /);
    // What is not printed as it is does not wrap: it fits a terminal.
    const wide = help.split('\n').filter((line) => line.length > 80);
    expect(wide.filter((line) => !line.startsWith('  livetally'))).toEqual([]);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))('the examples of %s parse', (_, command) => {
    for (const example of command.examples) {
      const [, ...argv] = wordsOf(example);
      expect(() => createProgram(async () => undefined).parse(argv, { from: 'user' })).not.toThrow();
      expect(argv[0]).toBe(command.name);
    }
  });
});

/** All of it, with what stands after the options. */
function helpOf(name: string | undefined): string {
  const command = name === undefined ? program : program.commands.find((candidate) => candidate.name() === name)!;
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}

/** As a shell would: up to a pipe or redirection, quotes taken off. */
function wordsOf(example: string): string[] {
  const [words = ''] = example.split(' >');
  return [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
