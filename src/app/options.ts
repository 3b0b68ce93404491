import { LivetallyError } from '../error.ts';
import { DEFAULT_PARTITIONS } from '../topics/topics.ts';

/**
 * Every setting, once: its flag, the environment name that also gives it, its default, what it means. A flag beats the
 * environment, the environment beats the default. `--help` and docs/commands.md are made from this.
 */
export interface Option<Value> {
  /** `--rate <ballots>`; without a value: a switch. */
  readonly flag: string;
  readonly environment?: string;
  /** As text, the way a person would give it. */
  readonly byDefault?: string;
  readonly help: string;
  /** The value, or a sentence that says what it must be. */
  read(text: string): Value | Unfit;
}

/** Which table `export` writes. */
type ExportPart = 'results' | 'turnout';

/** One of several that share the work. */
interface Part {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

interface Unfit {
  readonly unfit: string;
}

type TextOption =
  | 'data'
  | 'election'
  | 'host'
  | 'seed'
  | 'roll'
  | 'refused'
  | 'codes'
  | 'to'
  | 'land'
  | 'out'
  | 'outFile'
  | 'keep'
  | 'by'
  | 'electionId'
  | 'healthHost';
type NumberOption =
  | 'partitions'
  | 'port'
  | 'people'
  | 'voters'
  | 'registerRate'
  | 'demoRegisterRate'
  | 'rate'
  | 'demoRate'
  | 'turnout'
  | 'intakePort'
  | 'healthPort';
type Toggle = 'yes' | 'noDatabase' | 'follow' | 'rebuild' | 'explain' | 'demo' | 'json';
export type OptionName = TextOption | NumberOption | Toggle | 'what' | 'part';

type OptionTable = Readonly<
  Record<TextOption, Option<string>> &
    Record<NumberOption, Option<number>> &
    Record<Toggle, Option<boolean>> & { what: Option<ExportPart>; part: Option<Part> }
>;

const PEOPLE_A_SECOND = 'people registered a second; 0: as fast as it goes';
const BALLOTS_A_SECOND = 'ballots cast a second; 0: as fast as it goes';

export const OPTIONS: OptionTable = {
  data: text('--data <folder>', 'the data folder: log, database, snapshot and voting key', {
    environment: 'LIVETALLY_DATA',
    byDefault: 'livetally-data',
  }),
  election: text('--election <file>', 'election file; without it the election of the data folder, or else the demo', {
    environment: 'LIVETALLY_ELECTION',
  }),
  partitions: whole(
    '--partitions <number>',
    `partitions of the ballots, fixed when the election is defined; without it what it was defined with, or else ${DEFAULT_PARTITIONS}`,
    1,
    1024,
    { environment: 'LIVETALLY_PARTITIONS' },
  ),
  host: text('--host <address>', 'address to serve on; any but 127.0.0.1 lets others reach the page', {
    environment: 'LIVETALLY_HOST',
    byDefault: '127.0.0.1',
  }),
  port: whole('--port <number>', 'port to serve on; 0 takes a free one', 0, 65_535, {
    environment: 'LIVETALLY_PORT',
    byDefault: '8501',
  }),
  seed: text('--seed <text>', 'the same seed invents the same people and casts the same ballots', {
    environment: 'LIVETALLY_SEED',
    byDefault: 'livetally',
  }),
  people: whole('--count <people>', 'invented people on the roll when it is done, earlier runs included', 1, 4e9, {
    byDefault: '100000',
  }),
  voters: whole('--voters <people>', 'how many invented people register', 1, 100_000_000, {
    environment: 'LIVETALLY_VOTERS',
    byDefault: '500000',
  }),
  roll: text('--roll <file>', 'register the people of this CSV file instead of invented ones'),
  refused: text('--refused <file>', 'where to write each row of the roll that was refused, and why'),
  codes: text('--codes <file>', 'where to write the voting codes to hand out; without it nobody gets one'),
  noDatabase: toggle('--no-database', 'leave the database as it is; the next start without this fills it'),
  registerRate: rate('--register-rate <people>', PEOPLE_A_SECOND, 'LIVETALLY_REGISTER_RATE', '0'),
  demoRegisterRate: rate('--register-rate <people>', PEOPLE_A_SECOND, 'LIVETALLY_REGISTER_RATE', '4000'),
  rate: rate('--rate <ballots>', BALLOTS_A_SECOND, 'LIVETALLY_RATE', '0'),
  demoRate: rate('--rate <ballots>', BALLOTS_A_SECOND, 'LIVETALLY_RATE', '2500'),
  turnout: share('--turnout <share>', 'share of the registered who vote; without it what the election file says', {
    environment: 'LIVETALLY_TURNOUT',
  }),
  yes: toggle('--yes', 'do it, although it cannot be undone'),
  follow: toggle('--follow', 'at the end wait for more, also for a server that is away, until Ctrl-C'),
  electionId: text('--election-id <id>', 'which election, where the log holds several', {
    environment: 'LIVETALLY_ELECTION_ID',
  }),
  part: part('--part <number/of>', 'be one of several that share the work, such as 2/3', {
    environment: 'LIVETALLY_PART',
  }),
  intakePort: whole('--port <number>', 'port to take ballots on; 0 takes a free one', 0, 65_535, {
    environment: 'LIVETALLY_INTAKE_PORT',
    byDefault: '8502',
  }),
  healthPort: whole(
    '--health-port <number>',
    'port for /livez, /readyz and /metrics; without it there are none',
    0,
    65_535,
    {
      environment: 'LIVETALLY_HEALTH_PORT',
    },
  ),
  healthHost: text('--health-host <address>', 'address for them; any but 127.0.0.1 lets others see them', {
    environment: 'LIVETALLY_HEALTH_HOST',
    byDefault: '127.0.0.1',
  }),
  explain: toggle('--explain', 'with SPARK_REMOTE: print the statements and the plan of the count, and count nothing'),
  rebuild: toggle('--rebuild', 'count from the start of the log and make the snapshot anew'),
  to: text('--to <position>', 'count up to this position, such as "events:12 0:301 1:298 2:300 3:299"'),
  land: text('--land <code>', 'German statistics: only this Land, such as HB for Bremen'),
  out: text('--out <folder>', 'folder to write; without it packs/ and the id of the election'),
  outFile: text('--out <file>', 'file to write; without it standard output'),
  what: choice('--what <part>', 'which table', ['results', 'turnout'], 'results'),
  by: text(
    '--by <breakdown>',
    'group the ballots as results are by this breakdown, or * for all together; without it by place',
  ),
  keep: text('--keep <folder>', 'keep the data of the replay in this folder; without it they are deleted at the end'),
  demo: toggle('--demo', 'write the whole demo election instead of a small one'),
  json: toggle('--json', 'one JSON value on standard output; errors and the log as JSON on standard error'),
};

type ValueOf<Name extends OptionName> = OptionTable[Name] extends Option<infer Value> ? Value : never;

/** A value for each option asked for; undefined where nobody gave one and there is no default. */
export type Values<Names extends OptionName> = { readonly [Name in Names]: ValueOf<Name> | undefined };

/** What a command takes. */
export interface Takes<Names extends OptionName> {
  readonly name: string;
  readonly options: readonly Names[];
}

/** Reads what the command line gave, else the environment, else the default. Throws LT_USAGE. */
export function readValues<Names extends OptionName>(
  command: Takes<Names>,
  given: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
): Values<Names> {
  const values: Partial<Record<Names, unknown>> = {};
  for (const name of command.options) {
    const flag = given[attributeOf(OPTIONS[name])];
    values[name] = readValue(OPTIONS[name], flag, environment, command.name);
  }
  return values as Values<Names>;
}

function readValue(option: Option<unknown>, flag: unknown, environment: NodeJS.ProcessEnv, command: string): unknown {
  const set = option.environment === undefined ? '' : (environment[option.environment] ?? '');
  // A variable that is set to nothing is not set.
  const unflagged = set === '' ? option.byDefault : set;
  const given = typeof flag === 'string' ? flag : flag === true ? 'true' : unflagged;
  if (given === undefined) return undefined;
  const value = option.read(given);
  if (!isUnfit(value)) return value;
  const isFlag = typeof flag === 'string' || option.environment === undefined;
  const name = isFlag ? `${option.flag.split(' ')[0]} ${given}` : `${option.environment}=${given}`;
  throw new LivetallyError('LT_USAGE', `${name} does not fit: it must be ${value.unfit}.`, {
    next: `What it means: \`livetally ${command} --help\``,
  });
}

/** The name under which commander keeps an option: `--register-rate` is `registerRate`, `--no-database` is `noDatabase`. */
export function attributeOf(option: Option<unknown>): string {
  return option.flag
    .split(' ')[0]!
    .slice(2)
    .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isUnfit(value: unknown): value is Unfit {
  return typeof value === 'object' && value !== null && 'unfit' in value;
}

type Extras = Pick<Option<unknown>, 'environment' | 'byDefault'>;

function text(flag: string, help: string, extras: Extras = {}): Option<string> {
  return { flag, help, ...extras, read: (given) => (given === '' ? { unfit: 'some text' } : given) };
}

function toggle(flag: string, help: string): Option<boolean> {
  return { flag, help, read: (given) => given === 'true' };
}

function whole(flag: string, help: string, least: number, most: number, extras: Extras = {}): Option<number> {
  return {
    flag,
    help,
    ...extras,
    read(given) {
      const number = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
      return number >= least && number <= most
        ? number
        : { unfit: `a whole number from ${least} to ${most.toLocaleString('en')}` };
    },
  };
}

function rate(flag: string, help: string, environment: string, byDefault: string): Option<number> {
  return whole(flag, help, 0, 100_000_000, { environment, byDefault });
}

function share(flag: string, help: string, extras: Extras): Option<number> {
  return {
    flag,
    help,
    ...extras,
    read(given) {
      const number = /^\d*\.?\d+$/.test(given) ? Number(given) : NaN;
      return number >= 0 && number <= 1 ? number : { unfit: 'a share from 0 to 1, such as 0.62 for 62 %' };
    },
  };
}

const MOST_PARTS = 1024;

function part(flag: string, help: string, extras: Extras): Option<Part> {
  return {
    flag,
    help,
    ...extras,
    read(given) {
      const [, number, of] = (/^(\d{1,4})\/(\d{1,4})$/.exec(given) ?? []).map(Number);
      const fits = number !== undefined && of !== undefined && number >= 1 && number <= of && of <= MOST_PARTS;
      return fits ? { number, of } : { unfit: `such as 2/3: which one, of how many, ${MOST_PARTS} at most` };
    },
  };
}

function choice<Value extends string>(
  flag: string,
  help: string,
  values: readonly Value[],
  byDefault: Value,
): Option<Value> {
  return {
    flag,
    help: `${help}: ${values.join(', ')}`,
    byDefault,
    read: (given) => values.find((value) => value === given) ?? { unfit: `one of ${values.join(', ')}` },
  };
}
