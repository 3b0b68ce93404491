import type { Health } from '../../app/health.ts';
import type { Session } from '../../app/session.ts';
import { openVotingKey } from '../../app/voting-key.ts';
import { createVotingCodes } from '../../election/code.ts';
import { openCodesFile, type CodesFile } from '../../stages/1-register/codes-file.ts';
import type { ImportedRoll } from '../../stages/1-register/import-roll.ts';
import type { PeopleSource } from '../../stages/1-register/people-source.ts';
import { register, type Registered } from '../../stages/1-register/register.ts';
import { command, INTERRUPTED, type Command, type CommandContext } from '../command.ts';
import { fillDatabase } from '../fill-database.ts';
import { counted, figure } from '../figures-text.ts';
import { defineSession } from '../define-session.ts';
import { runStage, STAGE_OPTIONS } from '../run-stage.ts';

const NAMES = [
  ...STAGE_OPTIONS,
  'election',
  'partitions',
  'people',
  'roll',
  'refused',
  'codes',
  'seed',
  'registerRate',
  'noDatabase',
] as const;
type Names = (typeof NAMES)[number];
type Context = CommandContext<Names>;

export const registerCommand: Command = command<Names>({
  name: 'register',
  summary: 'put people on the roll and hand out voting codes',
  description: `Defines the election if the data folder has none yet, and registers people: invented ones with a whole profile, the same for the
same seed, or those of a roll, a CSV file with the columns registration_number, name, place and the attributes of the election's
cohorts. Registrations go to the log and to the database. Interrupted, it goes on where it was; so does a larger --count. Voting codes
are written to the file that --codes names, at the moment of registration and never again.`,
  examples: [
    'livetally register --count 20000',
    'livetally register --election my-election/election.yaml --count 500',
    'livetally register --roll roll.csv --refused refused.csv --codes codes.csv',
  ],
  options: NAMES,
  async run(context) {
    const { terminal, signal } = context;
    const stage = { name: 'register', follow: false, context, open: () => defineSession('register', context) };
    const done = await runStage(stage, (session, until, health) => registerHere(session, context, health, until));
    if (done === undefined) return INTERRUPTED;
    const { registered, refused, onRoll, inDatabase, isWhole } = done;
    terminal.result(
      { ...registered, refused, onRoll, inDatabase, codes: context.values.codes ?? null },
      summaryOf(registered, onRoll, inDatabase, context),
    );
    return signal.aborted && !isWhole ? INTERRUPTED : undefined;
  },
});

interface Done {
  readonly registered: Registered;
  readonly refused: number;
  readonly onRoll: number;
  /** Null: the database was left as it is. */
  readonly inDatabase: number | null;
  readonly isWhole: boolean;
}

async function registerHere(session: Session, context: Context, health: Health, signal: AbortSignal): Promise<Done> {
  const { values, terminal } = context;
  const { life } = session.reader;
  health.gauge('livetally_registered_people', 'People with a serial.', () => life.roll.total);
  const roll = values.roll === undefined ? undefined : await readRoll(session, values.roll, context);
  const source = roll?.source ?? (await inventedPeople(session, context));
  const registered = await registerAll(session, source, context);
  const isWhole = registered.registered >= source.people;
  const fills = isWhole && values.noDatabase !== true && session.systems.database !== 'none';
  const inDatabase = fills ? await fillDatabase(session, terminal, signal) : null;
  return { registered, refused: roll?.refused ?? 0, onRoll: life.roll.total, inDatabase, isWhole };
}

async function inventedPeople({ election }: Session, { values }: Context): Promise<PeopleSource> {
  const { seededPeople } = await import('../../stages/1-register/seeded-people.ts');
  return seededPeople(election, values.seed ?? '', values.people ?? 0);
}

async function registerAll(session: Session, source: PeopleSource, context: Context): Promise<Registered> {
  const { log, reader } = session;
  const { values, terminal, signal } = context;
  const { registerRate = 0 } = values;
  const codes = await openCodes(session, values.codes);
  const from = reader.life.registered.get(source.id) ?? 0;
  const progress = terminal.progress({ what: 'register', unit: 'people', total: source.people, from });
  try {
    return await register(
      {
        log,
        reader,
        source,
        ...(codes === undefined ? {} : { codes }),
        ...(registerRate === 0 ? {} : { ratePerSecond: registerRate }),
        onProgress: (so) => progress.update(so.registered),
      },
      signal,
    );
  } finally {
    progress.stop();
    await codes?.close();
  }
}

/** Every row of the roll is checked before anybody of it is registered. */
async function readRoll({ log, reader }: Session, path: string, { values, terminal }: Context): Promise<ImportedRoll> {
  const { importRoll } = await import('../../stages/1-register/import-roll.ts');
  const progress = terminal.progress({ what: 'check the roll', unit: 'rows' });
  const onProgress = (rows: number): void => progress.update(rows);
  const roll = await importRoll({ log, life: reader.life, path, refusedFile: values.refused, onProgress });
  progress.stop();
  terminal.say(`${path}: ${counted(roll.people, 'row')} accepted, ${refusalsOf(roll, values.refused)}.`);
  if (values.codes === undefined) {
    terminal.say(
      'Nobody of this roll gets a voting code, as no --codes file is named, and none can be made for them later.',
    );
  }
  return roll;
}

function refusalsOf({ refused, reasons }: ImportedRoll, file: string | undefined): string {
  if (refused === 0) return 'none refused';
  const each = [...reasons].map(([reason, rows]) => `${figure(rows)} ${reason}`).join(', ');
  return `${figure(refused)} refused (${each}; ${file === undefined ? 'to see each, name a file with --refused' : `each is in ${file}`})`;
}

async function openCodes({ folder, election }: Session, path: string | undefined): Promise<CodesFile | undefined> {
  if (path === undefined) return undefined;
  return openCodesFile(path, createVotingCodes(election.id, await openVotingKey(folder.path)));
}

function summaryOf(registered: Registered, onRoll: number, inDatabase: number | null, { values }: Context): string {
  const added = registered.added + registered.resumed;
  const database = inDatabase === null ? '' : `, ${figure(inDatabase)} in the database`;
  const lines = [
    added === 0 ? 'Nobody new to register.' : `${counted(added, 'person', 'people')} registered.`,
    `${figure(onRoll)} on the roll${database}.`,
  ];
  if (values.codes !== undefined) {
    lines.push(`${values.codes} says whose each voting code is: hand the codes out, then destroy it.`);
  }
  lines.push('Let them vote: livetally vote');
  return lines.join('\n');
}
