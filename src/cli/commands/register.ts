import { openDefinedSession, type Session } from '../../app/session.ts';
import { openVotingKey } from '../../app/voting-key.ts';
import { createVotingCodes } from '../../election/code.ts';
import { openCodesFile, type CodesFile } from '../../stages/1-register/codes-file.ts';
import type { PeopleSource } from '../../stages/1-register/people-source.ts';
import { register } from '../../stages/1-register/register.ts';
import { projectToEnd } from '../../stages/4-publish/project.ts';
import { command, type Command, type CommandContext } from '../command.ts';
import { figure } from '../results-text.ts';

const NAMES = [
  'data',
  'election',
  'partitions',
  'people',
  'roll',
  'refused',
  'codes',
  'seed',
  'registerRate',
  'noDatabase',
  'json',
] as const;
type Names = (typeof NAMES)[number];

export const registerCommand: Command = command<Names>({
  name: 'register',
  summary: 'put people on the roll and hand out serials',
  description: `Invents people with a whole profile, the same for the same seed, or takes a roll from a CSV file. Registrations go to the log and
to the database. Run again with a larger --count it goes on where it was; interrupted, it goes on there too.`,
  examples: [
    'livetally register --count 100000',
    'livetally register --roll roll.csv --refused refused.csv --codes codes.csv',
  ],
  options: NAMES,
  async run(context) {
    const { values, terminal, signal } = context;
    const { data = '', election: electionFile, partitions = 0, registerRate = 0 } = values;
    await using session = await openDefinedSession({
      data,
      electionFile,
      partitions,
      command: 'register',
      logger: terminal.log,
    });
    const source = await peopleSource(session, context);
    const codes = await openCodes(session, values.codes);
    const progress = terminal.progress('register', 'people', source.people);
    const registered = await register(
      {
        log: session.log,
        reader: session.reader,
        source,
        ...(codes === undefined ? {} : { codes }),
        ...(registerRate === 0 ? {} : { ratePerSecond: registerRate }),
        onProgress: (so) => progress.update(so.registered),
      },
      signal,
    );
    progress.stop();
    await codes?.close();
    const visible = values.noDatabase === true ? undefined : await fillDatabase(session, context);
    terminal.result(
      { ...registered, eligible: session.reader.life.roll.total, visible },
      summaryOf(registered.added + registered.resumed, session.reader.life.roll.total, visible),
    );
  },
});

async function peopleSource(session: Session, context: CommandContext<Names>): Promise<PeopleSource> {
  const { values } = context;
  if (values.roll !== undefined) return rollSource(session, values.roll, context);
  const { seededPeople } = await import('../../stages/1-register/seeded-people.ts');
  return seededPeople(session.election, values.seed ?? '', values.people ?? 0);
}

/** Every row of the roll is checked before anybody of it is registered. */
async function rollSource(
  { log, reader }: Session,
  path: string,
  { values, terminal }: CommandContext<Names>,
): Promise<PeopleSource> {
  const { importRoll } = await import('../../stages/1-register/import-roll.ts');
  const progress = terminal.progress('check', 'rows');
  const roll = await importRoll({
    log,
    life: reader.life,
    path,
    refusedFile: values.refused,
    onProgress: (rows) => progress.update(rows),
  });
  progress.stop();
  const reasons = [...roll.reasons].map(([reason, rows]) => `${figure(rows)} ${reason}`).join(', ');
  const where =
    values.refused === undefined ? 'name a file with --refused to see each' : `each is in ${values.refused}`;
  const refused = roll.refused === 0 ? 'none refused' : `${figure(roll.refused)} refused (${reasons}; ${where})`;
  terminal.say(`${path}: ${figure(roll.people)} rows accepted, ${refused}.`);
  return roll.source;
}

async function openCodes({ folder, election }: Session, path: string | undefined): Promise<CodesFile | undefined> {
  if (path === undefined) return undefined;
  return openCodesFile(path, createVotingCodes(election.id, await openVotingKey(folder.path)));
}

async function fillDatabase(session: Session, { terminal, signal }: CommandContext<Names>): Promise<number> {
  const progress = terminal.progress('database', 'rows');
  const { registrations } = await projectToEnd(
    {
      log: session.log,
      database: await session.database(),
      electionId: session.election.id,
      logger: terminal.log,
      onProgress: (so) => progress.update(so.registrations),
    },
    signal,
  );
  progress.stop();
  return registrations;
}

function summaryOf(added: number, eligible: number, visible: number | undefined): string {
  const head = added === 0 ? 'Nobody new to register.' : `${figure(added)} people registered.`;
  const shown = visible === undefined ? '' : ` ${figure(visible)} in the database.`;
  return `${head} ${figure(eligible)} on the roll.${shown} Let them vote: livetally vote`;
}
