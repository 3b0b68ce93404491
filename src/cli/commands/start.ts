import { once } from 'node:events';
import { createHealth } from '../../app/health.ts';
import { openEngine } from '../../app/open-engine.ts';
import { persist, type Attempt } from '../../app/persist.ts';
import type { Session } from '../../app/session.ts';
import { LivetallyError } from '../../error.ts';
import { createLifeReader, type LifeReader } from '../../lifecycle/life-reader.ts';
import { openElection } from '../../lifecycle/open.ts';
import { register } from '../../stages/1-register/register.ts';
import { createIntake } from '../../stages/2-vote/intake.ts';
import { simulate } from '../../stages/2-vote/simulator.ts';
import { newestReport } from '../../stages/4-publish/newest-report.ts';
import { project } from '../../stages/4-publish/project.ts';
import { publish } from '../../stages/4-publish/publish.ts';
import { command, type Command, type CommandContext } from '../command.ts';
import { figure } from '../figures-text.ts';
import { openLiveCount, type LiveCount } from '../live-count.ts';
import { defineSession } from '../define-session.ts';
import { runTogether, type Task } from '../run-together.ts';
import { serveDashboard } from '../serve-dashboard.ts';

const NAMES = [
  'data',
  'election',
  'electionId',
  'partitions',
  'host',
  'port',
  'voters',
  'demoRegisterRate',
  'demoRate',
  'turnout',
  'seed',
  'rebuild',
  'noDatabase',
  'json',
] as const;
type Names = (typeof NAMES)[number];
type Context = CommandContext<Names>;

export const startCommand: Command = command<Names>({
  name: 'start',
  summary: 'run everything in one process: people register and vote, the page shows the count',
  description: `Registers invented people, casts simulated ballots for them, counts them as they come and shows the count on a web page, all in
this process. Ctrl-C stops it; the next start goes on where it was. To start afresh, delete the data folder or name another.`,
  examples: [
    'livetally start',
    'livetally start --voters 5000000 --rate 0 --register-rate 0',
    'livetally start --election my-election/election.yaml --data my-data',
  ],
  options: NAMES,
  async run(context) {
    const { terminal, signal } = context;
    await using session = await defineSession('start', context);
    await openElection(session.log, session.reader);
    const count = openLiveCount(terminal);
    try {
      await runTogether(tasks(session, context, count), signal);
    } finally {
      count.close();
    }
    terminal.say(await whereItStopped(session));
  },
});

type Stage = (session: Session, context: Context, signal: AbortSignal) => Promise<void>;

/** The page first: whoever started this sees where to look before anything else happens. */
function tasks(session: Session, context: Context, count: LiveCount): Task[] {
  const served = Promise.withResolvers<void>();
  const stages: Stage[] = [tally];
  if (session.reader.life.closed === undefined) stages.push(registration, voting);
  if (context.values.noDatabase !== true && session.systems.database !== 'none') stages.push(database);
  return [
    (signal) => dashboard(session, context, count, served.resolve, signal),
    ...stages.map((stage) => async (signal: AbortSignal) => {
      await Promise.race([served.promise, once(signal, 'abort')]);
      if (!signal.aborted) await stage(session, context, signal);
    }),
  ];
}

async function dashboard(
  session: Session,
  context: Context,
  count: LiveCount,
  onServed: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { data = '', host = '', port = 0 } = context.values;
  const onReady = (url: string): void => {
    const folder = session.folder.path;
    context.terminal.result(
      { url, election: session.election.id, folder, pid: process.pid },
      greeting(url, session, context),
    );
    onServed();
  };
  const { log: logger } = context.terminal;
  await serveDashboard(session, { data, host, port, logger, onReady, onCount: count.show }, signal);
}

function greeting(url: string, { election, reader }: Session, { values }: Context): string {
  const { voters = 0, demoRegisterRate = 0, demoRate = 0 } = values;
  const does =
    reader.life.closed === undefined
      ? `${figure(voters)} invented people register${aSecond(demoRegisterRate, '')} and vote${aSecond(demoRate, ' ballots')}; the page shows the count.`
      : 'The election is closed: nobody registers or votes any more, the page shows the count.';
  return [
    `${election.title}: ${url}`,
    does,
    `All is kept in ${values.data}. Ctrl-C stops; the next start goes on where it was.`,
  ].join('\n');
}

function aSecond(rate: number, unit: string): string {
  return rate === 0 ? '' : ` (${figure(rate)}${unit} a second)`;
}

async function whereItStopped({ log, election, reader }: Session): Promise<string> {
  await reader.catchUp();
  const report = await newestReport(log, election.id, election.contests.length);
  const counted = figure(report?.counts.outcomes.counted ?? 0);
  return `Stopped with ${counted} ballots counted of ${figure(reader.life.roll.total)} registered. The next start goes on from here.`;
}

async function registration(session: Session, { values }: Context, signal: AbortSignal): Promise<void> {
  const { log, election } = session;
  const { seed = '', voters = 0, demoRegisterRate = 0 } = values;
  const { seededPeople } = await import('../../stages/1-register/seeded-people.ts');
  const source = await seededPeople(election, seed, voters);
  const reader = await ownReader(session);
  try {
    await register(
      { log, reader, source, ...(demoRegisterRate === 0 ? {} : { ratePerSecond: demoRegisterRate }) },
      signal,
    );
  } catch (error) {
    // Whoever closes the polls meanwhile ends the registration, and nothing else.
    const isUsage = error instanceof LivetallyError && error.code === 'LT_USAGE';
    if (!(isUsage && reader.life.closed !== undefined)) throw error;
  }
}

async function voting(session: Session, { values }: Context, signal: AbortSignal): Promise<void> {
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

async function tally(session: Session, { values, terminal }: Context, signal: AbortSignal): Promise<void> {
  const { log, election } = session;
  const attempt: Attempt<unknown> = async (until, ready) => {
    const engine = await openEngine(session, election.id, { rebuild: values.rebuild, follow: true });
    try {
      return await publish({ log, engine, effects: { now: Date.now, log: terminal.log }, onStep: ready }, until);
    } finally {
      await engine.close();
    }
  };
  // Alone it has nothing to wait for; a cluster goes and comes back.
  if (session.systems.engine === 'in-process') await attempt(signal, () => undefined);
  else await persist(attempt, { what: 'tally', health: createHealth(), logger: terminal.log }, signal);
}

/** The count needs no database: without one the rest goes on. */
async function database(session: Session, { terminal }: Context, signal: AbortSignal): Promise<void> {
  const { log, election } = session;
  try {
    const attempt: Attempt<unknown> = async (until, ready) => {
      const database = await session.database();
      ready();
      return project({ log, database, electionId: election.id, logger: terminal.log }, until);
    };
    await persist(attempt, { what: 'database', health: createHealth(), logger: terminal.log }, signal);
  } catch (error) {
    if (!(error instanceof LivetallyError && error.code === 'LT_DATABASE')) throw error;
    const { code, message } = error;
    terminal.log.warn({ code, message }, 'The database stopped; everything else goes on, and the next start fills it.');
  }
}

/** Every stage reads the events for itself, as it would in a process of its own. */
async function ownReader({ log, election }: Session): Promise<LifeReader> {
  const reader = createLifeReader(log, election.id);
  await reader.catchUp();
  return reader;
}
