import { project, projectToEnd } from '../../stages/4-publish/project.ts';
import { command, INTERRUPTED, type Command } from '../command.ts';
import { figure } from '../figures-text.ts';
import { runStage, STAGE_OPTIONS } from '../run-stage.ts';

export const projectCommand: Command = command({
  name: 'project',
  summary: 'bring the database up to the log: voters, candidates, results',
  description: `Reads the log from where the database stands and writes what is new into it, each batch with its position in one transaction: it
can die anywhere, and any number may run. Ends when the database is where the log is. With --follow it waits for more, and
for a server that is away. The database can be deleted at any time and is made again.`,
  examples: ['livetally project', 'livetally project --follow'],
  options: [...STAGE_OPTIONS, 'follow'],
  async run(context) {
    const { values, terminal, signal } = context;
    const { follow = false } = values;
    const done = await runStage({ name: 'project', follow, context }, async (session, until, health) => {
      const { log, election } = session;
      const database = await session.database();
      const options = { log, database, electionId: election.id, logger: terminal.log };
      let registrations = 0;
      health.gauge(
        'livetally_projected_voters',
        'Voters written to the database by this process.',
        () => registrations,
      );
      const progress = terminal.progress({ what: 'database', unit: 'people', total: session.reader.life.roll.total });
      const onProgress = (so: { readonly registrations: number }): void =>
        progress.update((registrations = so.registrations));
      try {
        return await (follow ? project : projectToEnd)({ ...options, onProgress }, until);
      } finally {
        progress.stop();
      }
    });
    const { registrations = 0, refused = 0, reports = 0 } = done ?? {};
    const left = refused === 0 ? '' : `, ${figure(refused)} left out, since SQL cannot hold them`;
    terminal.result(
      { registrations, refused, reports },
      `The database is where the log is: ${figure(registrations)} voters and ${figure(reports)} reports written${left}.`,
    );
    return signal.aborted && !follow ? INTERRUPTED : undefined;
  },
});
