import { LIMITS } from '../election/election-schema.ts';
import { columnAt, countAt, inputError, refused, textAt, type SourceTable } from './source-table.ts';

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

export function votesFor(precinct: Precinct, race: Race, option: Option): number {
  return precinct.votes.get(race.key)?.get(option.key) ?? 0;
}

/** Throws LT_INPUT_FILE, and LT_PACK_REFUSED when a row is there twice. */
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
  const results = {
    races: [...races.values()].map((race) => ({ ...race, options: [...race.options.values()] })),
    precincts: [...precincts.values()],
  };
  checkSizes(table.file, results);
  return results;
}

/** Early: what comes after looks at every precinct in every race, and a file of nonsense would keep it busy for hours. */
function checkSizes(file: string, { races, precincts }: Results): void {
  if (races.length > LIMITS.contests || precincts.length > LIMITS.leafPlaces) {
    const most = `an election has at most ${LIMITS.contests} and ${LIMITS.leafPlaces}`;
    throw inputError(file, `it has ${races.length} contests and ${precincts.length} precincts; ${most}.`);
  }
  for (const { office, options } of races) {
    const candidates = options.filter(isCandidate).length;
    if (candidates === 0) throw inputError(file, `the contest '${office}' has no candidate.`);
    if (candidates > LIMITS.candidates)
      throw inputError(
        file,
        `the contest '${office}' has ${candidates} candidates, and may have ${LIMITS.candidates}.`,
      );
  }
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
  const votesColumn = columnAt(table, 'votes');
  return table.rows.map((row) => {
    // Empty where a state has no such column.
    const text = (column: string): string => textAt(row, table.header.indexOf(column));
    const [county, town, name] = [text('county'), text('town'), text(precinctColumn(table))];
    const [office, district] = [text('office'), text('district')];
    const [candidate, party] = [text('candidate'), text('party')];
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

function precinctColumn({ header }: SourceTable): string {
  return PRECINCT_COLUMNS.find((name) => header.includes(name))!;
}

/** In quotes: a name can hold any sign that one might join them with. */
function keyOf(...names: readonly string[]): string {
  return JSON.stringify(names);
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
