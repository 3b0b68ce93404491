import { openDefinedSession, type Session } from '../../app/session.ts';
import { createLifeReader, type LifeReader } from '../../lifecycle/life-reader.ts';
import { openElection } from '../../lifecycle/open.ts';
import { register } from '../../stages/1-register/register.ts';
import { seededPeople } from '../../stages/1-register/seeded-people.ts';
import { createIntake } from '../../stages/2-vote/intake.ts';
import { simulate } from '../../stages/2-vote/simulator.ts';
import { openTallyEngine } from '../../stages/3-tally/tally.ts';
import { project } from '../../stages/4-publish/project.ts';
import { publish } from '../../stages/4-publish/publish.ts';
import { command, type Command, type CommandContext } from '../command.ts';
import { runTogether, type Task } from '../run-together.ts';
import { serveDashboard } from '../serve-dashboard.ts';

const NAMES = [
  'data',
  'election',
  'partitions',
  'host',
  'port',
  'voters',
  'registerRate',
  'demoRate',
  'turnout',
  'seed',
  'rebuild',
  'noDatabase',
  'json',
] as const;
type Names = (typeof NAMES)[number];

export const startCommand: Command = command<Names>({
  name: 'start',
  summary: 'run everything in one process: people register and vote, the page shows the count',
  description: `Registers invented people, casts simulated ballots for them, counts them as they come and shows the count on a web page, all in
this process. Ctrl-C stops it; the next start goes on where it was. To start afresh, delete the data folder or name another.`,
  examples: [
    'livetally start',
    'livetally start --voters 5000000 --rate 0 --register-rate 0',
    'livetally start --election my.yaml --data my-data',
  ],
  options: NAMES,
  async run(context) {
    const { values, terminal, signal } = context;
    const { data = '', election: electionFile, partitions = 0 } = values;
    await using session = await openDefinedSession({
      data,
      electionFile,
      partitions,
      command: 'start',
      logger: terminal.log,
    });
    await openElection(session.log, session.reader);
    await runTogether(tasks(session, context), signal);
    terminal.say('Stopped. The next start goes on from here.');
  },
});

function tasks(session: Session, context: CommandContext<Names>): Task[] {
  const all = [dashboard, registration, voting, tally];
  if (context.values.noDatabase !== true) all.push(database);
  return all.map((task) => (signal) => task(session, context, signal));
}

async function dashboard(
  session: Session,
  { values, terminal }: CommandContext<Names>,
  signal: AbortSignal,
): Promise<void> {
  const { host = '', port = 0 } = values;
  const onReady = (url: string): void =>
    terminal.result(
      { url, election: session.election.id },
      `${session.election.title}: ${url}\nCtrl-C stops; the next start goes on where it was.`,
    );
  await serveDashboard(session, { host, port, logger: terminal.log, onReady }, signal);
}

async function registration(session: Session, { values }: CommandContext<Names>, signal: AbortSignal): Promise<void> {
  const { log, election } = session;
  const { seed = '', voters = 0, registerRate = 0 } = values;
  const source = await seededPeople(election, seed, voters);
  const reader = await ownReader(session);
  await register({ log, reader, source, ...(registerRate === 0 ? {} : { ratePerSecond: registerRate }) }, signal);
}

async function voting(session: Session, { values }: CommandContext<Names>, signal: AbortSignal): Promise<void> {
  const { log, election, files } = session;
  const { seed = '', demoRate = 0, turnout } = values;
  const reader = await ownReader(session);
  const intake = createIntake(log, election.id, reader.life.partitions);
  await simulate(
    {
      log,
      reader,
      intake,
      seed,
      cursorFile: files.simulatorCursor,
      follow: true,
      ...(demoRate === 0 ? {} : { ratePerSecond: demoRate }),
      ...(turnout === undefined ? {} : { turnout }),
    },
    signal,
  );
  await intake.close();
}

async function tally(
  session: Session,
  { values, terminal }: CommandContext<Names>,
  signal: AbortSignal,
): Promise<void> {
  const { log, election, files } = session;
  const engine = await openTallyEngine(log, election.id, { snapshotFile: files.snapshot, rebuild: values.rebuild });
  await publish({ log, engine, effects: { now: Date.now, log: terminal.log } }, signal);
}

async function database(session: Session, { terminal }: CommandContext<Names>, signal: AbortSignal): Promise<void> {
  const { log, election } = session;
  await project({ log, database: await session.database(), electionId: election.id, logger: terminal.log }, signal);
}

/** Every stage reads the events for itself, as it would in a process of its own. */
async function ownReader({ log, election }: Session): Promise<LifeReader> {
  const reader = createLifeReader(log, election.id);
  await reader.catchUp();
  return reader;
}
