import { openExistingSession } from '../../app/session.ts';
import { serveDashboard } from '../serve-dashboard.ts';
import { command, type Command } from '../command.ts';

export const dashboardCommand: Command = command({
  name: 'dashboard',
  summary: 'show the newest results on a web page',
  description: `Serves the results page with what the last tally published. It counts nothing itself: \`livetally start\` runs the tally beside it.`,
  examples: ['livetally dashboard', 'livetally dashboard --port 9000'],
  options: ['data', 'host', 'port', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', host = '', port = 0 } = values;
    await using session = await openExistingSession({ data, command: 'dashboard', logger: terminal.log });
    await serveDashboard(
      session,
      { host, port, logger: terminal.log, onReady: (url) => terminal.result({ url }, `Results: ${url}`) },
      signal,
    );
  },
});
