import { existsSync } from 'node:fs';
import { openExistingSession, type Session } from '../../app/session.ts';
import { openElection } from '../../lifecycle/open.ts';
import { createIntake } from '../../stages/2-vote/intake.ts';
import { simulate, type Simulated } from '../../stages/2-vote/simulator.ts';
import { command, INTERRUPTED, type Command } from '../command.ts';
import { counted, figure } from '../figures-text.ts';

export const voteCommand: Command = command({
  name: 'vote',
  summary: 'cast simulated ballots for those who are registered',
  description: `Reads the registrations and casts ballots for them through the same intake as everyone's, with a seeded share of repeats and
malformed lines that the count must refuse. Goes on where the last one stopped, and ends when everyone registered has been
asked. With --follow it waits for more registrations; as it has the data folder for itself, \`livetally start\` is what registers
and votes side by side.`,
  examples: ['livetally vote', 'livetally vote --turnout 0.8 --seed spring', 'livetally vote --rate 500'],
  options: ['data', 'rate', 'turnout', 'seed', 'follow', 'json'],
  async run({ values, terminal, signal }) {
    const { data = '', rate, turnout, seed = '', follow } = values;
    await using session = await openExistingSession({ data, command: 'vote', logger: terminal.log });
    const { log, reader, files } = session;
    await openElection(log, reader);
    const intake = createIntake(log, session.election.id, reader.life.partitions);
    const progress = terminal.progress({ what: 'vote', unit: 'ballots', total: expected(session, turnout) });
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
    const interrupted = signal.aborted && follow !== true;
    terminal.result({ ...cast, registered: reader.life.roll.total }, text(session, cast, interrupted));
    return interrupted ? INTERRUPTED : undefined;
  },
});

/** Only a first run knows: a later one has no count of whom the others have asked. */
function expected({ reader, files }: Session, turnout: number | undefined): number | undefined {
  if (existsSync(files.simulatorCursor)) return undefined;
  const { roll, election } = reader.life;
  return Math.round(roll.total * (turnout ?? election.simulation.turnout));
}

function text({ reader }: Session, cast: Simulated, interrupted: boolean): string {
  const { ballots, repeats, malformed } = cast;
  const { roll, closed } = reader.life;
  if (closed !== undefined) return 'No ballots: the election is closed.';
  if (roll.total === 0) return 'No ballots: nobody is registered yet. Register people: livetally register';
  if (ballots + repeats + malformed === 0 && !interrupted) {
    return `No new ballots: all ${figure(roll.total)} registered have been asked. Count them: livetally tally`;
  }
  const refusable = `${counted(repeats, 'repeat')} and ${counted(malformed, 'malformed line')}, which the count must refuse`;
  const lines = [`${counted(ballots, 'ballot')} cast, and ${refusable}.`];
  if (interrupted) lines.push('Stopped before everyone was asked. Go on: livetally vote');
  lines.push('Count them: livetally tally');
  return lines.join('\n');
}
