import { columnAt, countAt, inputError, refused, textAt, type SourceRow, type SourceTable } from './source-table.ts';

/** What an OpenElections file says, by precinct and race. */
export interface Results {
  readonly races: readonly Race[];
  readonly precincts: readonly Precinct[];
}

/** An office, in one district where it has several. */
export interface Race {
  readonly key: string;
  readonly office: string;
  readonly district: string;
  readonly options: readonly Option[];
}

/** What stands in the column `candidate`: not always one. */
export interface Option {
  readonly key: string;
  readonly kind: OptionKind;
  readonly name: string;
  readonly party: string;
}

/** `total` repeats the sum of the other options: a check, and never votes. */
export type OptionKind = 'candidate' | 'write-ins' | 'rejected' | 'blank' | 'total';

export interface Precinct {
  readonly key: string;
  readonly county: string;
  readonly town: string;
  readonly name: string;
  /** The first of its lines. */
  readonly line: number;
  /** By key of race, then of option. */
  readonly votes: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const PSEUDO_CANDIDATES: readonly (readonly [OptionKind, RegExp])[] = [
  ['write-ins', /^write[- ]?ins?$/i],
  ['rejected', /^(?:spoiled|over[- ]?votes?)$/i],
  ['blank', /^(?:blanks?|under[- ]?votes?)$/i],
  ['total', /^(?:totals?|total votes|total votes cast|votes cast|ballots cast)$/i],
];

/** States name the smallest place differently. */
const PRECINCT_COLUMNS = ['precinct', 'election_district'];

export function recognisesResults({ header }: SourceTable): boolean {
  const needed = ['county', 'office', 'candidate', 'votes'].every((name) => header.includes(name));
  return needed && PRECINCT_COLUMNS.some((name) => header.includes(name));
}

export function isCandidate(option: Option): boolean {
  return option.kind === 'candidate' || option.kind === 'write-ins';
}

export function readResults(table: SourceTable): Results {
  const races = new Map<string, RaceDraft>();
  const precincts = new Map<string, PrecinctDraft>();
  for (const entry of readEntries(table)) {
    const race = ensure(races, entry.race.key, () => ({ ...entry.race, options: new Map() }));
    const option = ensure(race.options, entry.option.key, () => entry.option);
    const precinct = ensure(precincts, entry.precinct.key, () => ({ ...entry.precinct, votes: new Map() }));
    const votes = ensure(precinct.votes, race.key, () => new Map<string, number>());
    if (votes.has(option.key)) {
      throw refused(table.file, `line ${entry.precinct.line} says again what an earlier line says of ${option.name}.`);
    }
    votes.set(option.key, entry.votes);
  }
  const empty = [...races.values()].find((race) => ![...race.options.values()].some(isCandidate));
  if (empty !== undefined) throw inputError(table.file, `the contest '${empty.office}' has no candidate.`);
  return {
    races: [...races.values()].map((race) => ({ ...race, options: [...race.options.values()] })),
    precincts: [...precincts.values()],
  };
}

type RaceDraft = Omit<Race, 'options'> & { readonly options: Map<string, Option> };
type PrecinctDraft = Omit<Precinct, 'votes'> & { readonly votes: Map<string, Map<string, number>> };

interface Entry {
  readonly race: Omit<Race, 'options'>;
  readonly option: Option;
  readonly precinct: Omit<Precinct, 'votes'>;
  readonly votes: number;
}

function readEntries(table: SourceTable): Entry[] {
  const columns = ['county', 'town', 'office', 'district', 'candidate', 'party'].map((name) =>
    table.header.indexOf(name),
  );
  const precinctColumn = columnAt(
    table,
    PRECINCT_COLUMNS.find((name) => table.header.includes(name))!,
  );
  const votesColumn = columnAt(table, 'votes');
  return table.rows.map((row) => {
    const [county, town, office, district, candidate, party] = textsAt(row, columns);
    const name = textAt(row, precinctColumn);
    if (office === '' || candidate === '')
      throw inputError(table.file, 'the office or the candidate is empty.', row.line);
    return {
      race: { key: keyOf(office, district), office, district },
      option: { key: keyOf(candidate, party), kind: kindOf(candidate), name: candidate, party },
      precinct: { key: keyOf(county, town, name), county, town, name, line: row.line },
      votes: countAt(table, row, votesColumn),
    };
  });
}

type SixTexts = [string, string, string, string, string, string];

function textsAt(row: SourceRow, columns: readonly number[]): SixTexts {
  return columns.map((column) => textAt(row, column)) as SixTexts;
}

/** Names can hold any sign but a line feed. */
function keyOf(...names: readonly string[]): string {
  return names.join('\n');
}

function kindOf(candidate: string): OptionKind {
  return PSEUDO_CANDIDATES.find(([, form]) => form.test(candidate))?.[0] ?? 'candidate';
}

function ensure<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
