import { command, type Command } from '../command.ts';
import { examine, type Finding } from '../../app/examine.ts';
import { EXIT_CODES } from '../../error.ts';

const SIGNS: Readonly<Record<Finding['state'], string>> = { good: '✓', note: '·', bad: '✗' };

export const doctorCommand: Command = command({
  name: 'doctor',
  summary: 'check this machine, the configuration and the data folder',
  description: `Looks at everything a start needs and everything a data folder holds: Node, disk, port, lock, log, snapshot, database, and that the
newest report is what the tally says. Changes nothing. Ends with ${EXIT_CODES.LT_DATA_FOLDER} when something is wrong.`,
  examples: ['livetally doctor', 'livetally doctor --data my-data --port 9000'],
  options: ['data', 'host', 'port', 'json'],
  async run({ values, terminal }) {
    const { data = '', host = '', port = 0 } = values;
    const findings = await examine({ data, host, port, logger: terminal.log });
    terminal.result(
      findings,
      findings
        .map(
          ({ state, what, says, next }) =>
            `${SIGNS[state]} ${what}: ${says}${next === undefined ? '' : `\n    ${next}`}`,
        )
        .join('\n'),
    );
    return { exitCode: findings.some(({ state }) => state === 'bad') ? EXIT_CODES.LT_DATA_FOLDER : 0 };
  },
});
