import { openExistingSession } from '../../app/session.ts';
import { command, type Command } from '../command.ts';
import { serveDashboard } from '../serve-dashboard.ts';

export const dashboardCommand: Command = command({
  name: 'dashboard',
  summary: 'show the newest results on a web page',
  description: `Serves the results page with what the last tally published, until Ctrl-C. It counts nothing itself, and has the data folder for
itself meanwhile: to watch a count as it moves, run \`livetally start\`, which does both.`,
  examples: ['livetally dashboard', 'livetally dashboard --port 9000'],
  options: ['data', 'host', 'port', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', host = '', port = 0 } = values;
    await using session = await openExistingSession({ data, command: 'dashboard', logger: terminal.log });
    const onReady = (url: string): void =>
      terminal.result(
        { url, election: session.election.id },
        `${session.election.title}, as last published: ${url}\nCtrl-C stops. To count new ballots meanwhile, run this instead: livetally start`,
      );
    await serveDashboard(session, { host, port, logger: terminal.log, onReady }, signal);
    terminal.say('Stopped.');
  },
});
