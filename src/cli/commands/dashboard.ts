import { command, type Command } from '../command.ts';
import { runStage, STAGE_OPTIONS } from '../run-stage.ts';
import { serveDashboard } from '../serve-dashboard.ts';

export const dashboardCommand: Command = command({
  name: 'dashboard',
  summary: 'show the newest results on a web page',
  description: `Serves the results page with what the tally publishes, until Ctrl-C. It counts nothing itself. With the embedded log it has the
data folder for itself meanwhile: to watch a count as it moves, run \`livetally start\`, which does both. On a broker any number of
dashboards may run.`,
  examples: ['livetally dashboard', 'livetally dashboard --port 9000'],
  options: [...STAGE_OPTIONS, 'host', 'port'],
  async run(context) {
    const { values, terminal } = context;
    const { data = '', host = '', port = 0 } = values;
    await runStage({ name: 'dashboard', follow: true, context }, async (session, signal, health) => {
      const onReady = (url: string): void =>
        terminal.result(
          { url, election: session.election.id },
          greeting(url, session.election.title, session.systems.log),
        );
      await serveDashboard(session, { data, host, port, logger: terminal.log, health, onReady }, signal);
    });
    terminal.say('Stopped.');
  },
});

function greeting(url: string, title: string, log: object | string): string {
  const alone = 'Ctrl-C stops. To count new ballots meanwhile, run this instead: livetally start';
  return `${title}, as last published: ${url}\n${log === 'embedded' ? alone : 'Ctrl-C stops.'}`;
}
