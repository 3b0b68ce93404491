import { existsSync } from 'node:fs';
import type { Session } from '../../app/session.ts';
import { openElection } from '../../lifecycle/open.ts';
import { createIntake } from '../../stages/2-vote/intake.ts';
import { simulate, type Simulated } from '../../stages/2-vote/simulator.ts';
import { command, INTERRUPTED, type Command, type CommandContext } from '../command.ts';
import { counted, figure } from '../figures-text.ts';
import { runStage, STAGE_OPTIONS, type StageWork } from '../run-stage.ts';

const NAMES = [...STAGE_OPTIONS, 'rate', 'turnout', 'seed', 'part', 'follow'] as const;
type Context = CommandContext<(typeof NAMES)[number]>;

export const voteCommand: Command = command({
  name: 'vote',
  summary: 'cast simulated ballots for those who are registered',
  description: `Reads the registrations and casts ballots for them through the same intake as everyone's, with a seeded share of repeats and
malformed lines that the count must refuse. Goes on where the last one stopped, and ends when everyone registered has been
asked. With --follow it waits for more registrations. With the embedded log it has the data folder for itself, so that
\`livetally start\` is what registers and votes side by side; on a broker several may run, each with a --part of the work.`,
  examples: [
    'livetally vote',
    'livetally vote --turnout 0.8 --seed spring',
    'livetally vote --rate 500',
    'livetally vote --follow --part 1/2',
  ],
  options: NAMES,
  async run(context) {
    const { terminal, signal, values } = context;
    const { part, follow = false } = values;
    const keeps = part === undefined ? 'vote' : `vote-${part.number}-of-${part.of}`;
    const done = await runStage({ name: 'vote', keeps, follow, context }, cast(context));
    if (done === undefined) return terminal.say('Stopped.');
    const interrupted = signal.aborted && !follow;
    terminal.result({ ...done.cast, registered: done.registered }, text(done, interrupted));
    return interrupted ? INTERRUPTED : undefined;
  },
});

interface Done {
  readonly cast: Simulated;
  readonly registered: number;
  readonly closed: boolean;
}

const NONE: Simulated = { ballots: 0, repeats: 0, malformed: 0 };

/** What is cast adds up over all times that the stage begins again. */
function cast({ values, terminal }: Context): StageWork<Done> {
  const { rate = 0, turnout, seed = '', part, follow = false } = values;
  let before = NONE;
  let now = NONE;
  return async (session, signal, health) => {
    const { log, reader, files } = session;
    before = plus(before, now);
    now = NONE;
    await openElection(log, reader);
    const intake = createIntake(log, session.election.id, reader.life.partitions);
    const progress = terminal.progress({
      what: 'vote',
      unit: 'ballots',
      total: follow ? undefined : expected(session, turnout, part),
    });
    health.gauge('livetally_cast_lines', 'Ballot lines cast by this process.', () => linesOf(plus(before, now)));
    try {
      now = await simulate(
        {
          log,
          reader,
          intake,
          seed,
          cursorFile: files.simulatorCursor,
          follow,
          onProgress(so) {
            now = so;
            progress.update(plus(before, so).ballots);
          },
          ...(rate === 0 ? {} : { ratePerSecond: rate }),
          ...(turnout === undefined ? {} : { turnout }),
          ...(part === undefined ? {} : { part }),
        },
        signal,
      );
      await intake.close();
    } finally {
      progress.stop();
    }
    const { roll, closed } = reader.life;
    return { cast: plus(before, now), registered: roll.total, closed: closed !== undefined };
  };
}

function plus(some: Simulated, more: Simulated): Simulated {
  return {
    ballots: some.ballots + more.ballots,
    repeats: some.repeats + more.repeats,
    malformed: some.malformed + more.malformed,
  };
}

function linesOf({ ballots, repeats, malformed }: Simulated): number {
  return ballots + repeats + malformed;
}

/** Only a first run knows: a later one has no count of whom the others have asked. */
function expected(
  { reader, files }: Session,
  turnout: number | undefined,
  part: { readonly of: number } = { of: 1 },
): number | undefined {
  if (existsSync(files.simulatorCursor)) return undefined;
  const { roll, election } = reader.life;
  return Math.round((roll.total * (turnout ?? election.simulation.turnout)) / part.of);
}

function text({ cast, registered, closed }: Done, interrupted: boolean): string {
  const { ballots, repeats, malformed } = cast;
  if (closed) return 'No ballots: the election is closed.';
  if (registered === 0) return 'No ballots: nobody is registered yet. Register people: livetally register';
  if (linesOf(cast) === 0 && !interrupted) {
    return `No new ballots: all ${figure(registered)} registered have been asked. Count them: livetally tally`;
  }
  const refusable = `${counted(repeats, 'repeat')} and ${counted(malformed, 'malformed line')}, which the count must refuse`;
  const lines = [`${counted(ballots, 'ballot')} cast, and ${refusable}.`];
  if (interrupted) lines.push('Stopped before everyone was asked. Go on: livetally vote');
  lines.push('Count them: livetally tally');
  return lines.join('\n');
}
