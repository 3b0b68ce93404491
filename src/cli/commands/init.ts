import { writeElectionTemplate } from '../../app/init.ts';
import { command, type Command } from '../command.ts';

export const initCommand: Command = command({
  name: 'init',
  argument: { term: '[folder]', help: 'where to write it; without it the current folder' },
  summary: 'write an election file to edit',
  description: `Writes election.yaml, with comments that explain every part, and the JSON Schema with which editors complete and check it.
--demo writes the whole demo election with its portraits instead. Nothing is overwritten.`,
  examples: ['livetally init my-election', 'livetally init --demo us'],
  options: ['demo', 'json'],
  async run({ argument = '.', values, terminal }) {
    const file = await writeElectionTemplate(argument, { demo: values.demo === true });
    terminal.result({ file }, `${file} is written. Edit it, then run: livetally start --election ${file}`);
  },
});
