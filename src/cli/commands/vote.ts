import { openExistingSession } from '../../app/session.ts';
import { openElection } from '../../lifecycle/open.ts';
import { createIntake } from '../../stages/2-vote/intake.ts';
import { simulate } from '../../stages/2-vote/simulator.ts';
import { command, type Command } from '../command.ts';
import { figure } from '../results-text.ts';

export const voteCommand: Command = command({
  name: 'vote',
  summary: 'cast simulated ballots for those who are registered',
  description: `Follows the registrations and casts ballots for them through the same intake as everyone, with a seeded share of repeats and
malformed lines that the count must refuse. Goes on where the last one stopped. Ends when everyone registered has been
asked, or waits for more with --follow.`,
  examples: ['livetally vote', 'livetally vote --turnout 0.8 --seed spring', 'livetally vote --rate 500 --follow'],
  options: ['data', 'rate', 'turnout', 'seed', 'follow', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', rate, turnout, seed = '', follow } = values;
    await using session = await openExistingSession({ data, command: 'vote', logger: terminal.log });
    const { log, reader, files } = session;
    await openElection(log, reader);
    const intake = createIntake(log, session.election.id, reader.life.partitions);
    const progress = terminal.progress('vote', 'ballots');
    const cast = await simulate(
      {
        log,
        reader,
        intake,
        seed,
        cursorFile: files.simulatorCursor,
        follow: follow === true,
        onProgress: ({ ballots }) => progress.update(ballots),
        ...(rate === undefined || rate === 0 ? {} : { ratePerSecond: rate }),
        ...(turnout === undefined ? {} : { turnout }),
      },
      signal,
    );
    await intake.close();
    progress.stop();
    terminal.result(cast, `${figure(cast.ballots)} ballots cast. Count them: livetally tally`);
  },
});
