import { LivetallyError } from '../error.ts';

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
export type ExportPart = 'results' | 'turnout';

export interface Unfit {
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
  | 'keep';
type NumberOption = 'partitions' | 'port' | 'people' | 'voters' | 'registerRate' | 'rate' | 'demoRate' | 'turnout';
type Toggle = 'noDatabase' | 'follow' | 'rebuild' | 'demo' | 'json';
export type OptionName = TextOption | NumberOption | Toggle | 'what';

type OptionTable = Readonly<
  Record<TextOption, Option<string>> &
    Record<NumberOption, Option<number>> &
    Record<Toggle, Option<boolean>> & { what: Option<ExportPart> }
>;

export const OPTIONS: OptionTable = {
  data: text('--data <folder>', 'folder of the log, the database and the snapshot', {
    environment: 'LIVETALLY_DATA',
    byDefault: 'livetally-data',
  }),
  election: text('--election <file>', 'election file; by default the one that the data folder holds, else the demo', {
    environment: 'LIVETALLY_ELECTION',
  }),
  partitions: whole('--partitions <number>', 'partitions of the ballots, fixed when the election is defined', 1, 1024, {
    environment: 'LIVETALLY_PARTITIONS',
    byDefault: '4',
  }),
  host: text('--host <address>', 'address to serve on; anything but 127.0.0.1 can be reached from outside', {
    environment: 'LIVETALLY_HOST',
    byDefault: '127.0.0.1',
  }),
  port: whole('--port <number>', 'port to serve on; 0 takes a free one', 0, 65_535, {
    environment: 'LIVETALLY_PORT',
    byDefault: '8501',
  }),
  seed: text('--seed <text>', 'same seed, same people and same ballots', {
    environment: 'LIVETALLY_SEED',
    byDefault: 'livetally',
  }),
  people: whole('--count <people>', 'how many people to invent and register, all runs together', 1, 4_000_000_000, {
    byDefault: '100000',
  }),
  voters: whole('--voters <people>', 'how many people the demo registers', 1, 100_000_000, {
    environment: 'LIVETALLY_VOTERS',
    byDefault: '500000',
  }),
  roll: text('--roll <file>', 'register the people of this CSV file instead of invented ones'),
  refused: text('--refused <file>', 'where to write the rows of the roll that were refused, and why'),
  codes: text('--codes <file>', 'write the voting codes to this file, to be handed out; only its owner can read it'),
  noDatabase: toggle('--no-database', 'leave the database alone; it can be filled later'),
  registerRate: rate('--register-rate <people>', 'people registered a second; 0: as fast as it goes', '4000'),
  rate: rate('--rate <ballots>', 'ballots cast a second; 0: as fast as it goes', '0'),
  demoRate: rate('--rate <ballots>', 'ballots cast a second; 0: as fast as it goes', '2500'),
  turnout: share('--turnout <share>', 'share of the registered who vote, of 1; by default what the election file says'),
  follow: toggle('--follow', 'keep waiting for more, until Ctrl-C'),
  rebuild: toggle('--rebuild', 'count from the start of the log, whatever the snapshot says'),
  to: text('--to <position>', 'count up to this position only, such as "events:12 0:301 1:298"'),
  land: text('--land <code>', 'German statistics: only this Land, such as HB for Bremen'),
  out: text('--out <folder>', 'folder to write; by default packs/ and the id of the election'),
  outFile: text('--out <file>', 'file to write; by default standard output'),
  what: choice('--what <part>', 'which table to write', ['results', 'turnout'], 'results'),
  keep: text('--keep <folder>', 'keep the data of the replay in this new folder; by default it is deleted at the end'),
  demo: toggle('--demo', 'write the whole demo election instead of a small one'),
  json: toggle('--json', 'print the result as JSON on standard output, and log JSON on standard error'),
};

type ValueOf<Name extends OptionName> = OptionTable[Name] extends Option<infer Value> ? Value : never;

/** A value for each option asked for; undefined where nobody gave one and there is no default. */
export type Values<Names extends OptionName> = { readonly [Name in Names]: ValueOf<Name> | undefined };

/** Reads what the command line gave, else the environment, else the default. Throws LT_USAGE. */
export function readValues<Names extends OptionName>(
  names: readonly Names[],
  given: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
): Values<Names> {
  const values: Partial<Record<Names, unknown>> = {};
  for (const name of names) values[name] = readValue(OPTIONS[name], given[attributeOf(OPTIONS[name])], environment);
  return values as Values<Names>;
}

function readValue(option: Option<unknown>, flag: unknown, environment: NodeJS.ProcessEnv): unknown {
  const fromEnvironment = option.environment === undefined ? undefined : environment[option.environment];
  const given = typeof flag === 'string' ? flag : flag === true ? 'true' : (fromEnvironment ?? option.byDefault);
  if (given === undefined) return undefined;
  const value = option.read(given);
  if (!isUnfit(value)) return value;
  const name =
    typeof flag === 'string' || option.environment === undefined ? option.flag.split(' ')[0]! : option.environment;
  throw new LivetallyError('LT_USAGE', `${name} ${given}: it must be ${value.unfit}.`, {
    next: 'Give another value; --help shows every option with its meaning.',
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
      return number >= least && number <= most ? number : { unfit: `a whole number from ${least} to ${most}` };
    },
  };
}

function rate(flag: string, help: string, byDefault: string): Option<number> {
  return whole(flag, help, 0, 100_000_000, { byDefault });
}

function share(flag: string, help: string): Option<number> {
  return {
    flag,
    help,
    read(given) {
      const number = /^\d*\.?\d+$/.test(given) ? Number(given) : NaN;
      return number >= 0 && number <= 1 ? number : { unfit: 'a number from 0 to 1' };
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
