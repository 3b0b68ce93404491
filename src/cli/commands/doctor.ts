import { examine } from '../../app/examine.ts';
import type { Finding } from '../../app/finding.ts';
import { EXIT_CODES } from '../../error.ts';
import { command, type Command } from '../command.ts';
import { WEB_FOLDER } from '../serve-dashboard.ts';

const SIGNS: Readonly<Record<Finding['state'], string>> = { good: '✓', note: '·', bad: '✗' };

export const doctorCommand: Command = command({
  name: 'doctor',
  summary: 'check this machine, the configuration, the data folder or the broker',
  description: `Looks at everything a start needs (Node, the page, disk, port) and at everything the data folder holds: who has it, who can read
it, the snapshot, the database, and that the newest results are what counting again gives. With the log on a broker: that it answers,
that its topics are as they were made, and that the clocks agree. The log is only read. Ends with exit code
${EXIT_CODES.LT_DATA_FOLDER} when something is wrong.`,
  examples: ['livetally doctor', 'livetally doctor --data my-data --port 9000'],
  options: ['data', 'electionId', 'host', 'port', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', electionId, host = '', port = 0 } = values;
    const findings = await examine(
      { data, electionId, host, port, webFolder: WEB_FOLDER, logger: terminal.log },
      signal,
    );
    const good = findings.every(({ state }) => state !== 'bad');
    terminal.result({ good, findings }, findings.map(line).join('\n'));
    return { exitCode: good ? 0 : EXIT_CODES.LT_DATA_FOLDER };
  },
});

function line({ state, what, says, next }: Finding): string {
  return `${SIGNS[state]} ${what}: ${says}${next === undefined ? '' : `\n    ${next}`}`;
}
