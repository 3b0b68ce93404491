import {
  columnAt,
  countAt,
  countOrNoneAt,
  inputError,
  refused,
  textAt,
  type SourceRow,
  type SourceTable,
} from './source-table.ts';

/**
 * The constituency table: constituencies, their Länder and the whole in one file, told apart by `Zeilentyp`. A party
 * has four columns, of which two are the last election's:
 *
 *     Nr;Gebiet;gehört_zu;Zeilentyp;…;Die Linke_Erststimmen_Endgültig;Die Linke_Erststimmen_Vorperiode;…
 *     054;Bremen I;04;Wahlkreis;…
 */
export interface Region {
  readonly line: number;
  readonly number: string;
  readonly name: string;
  /** The number of the region that it lies in. */
  readonly within: string;
  readonly kind: RegionKind;
  readonly eligible: number;
  readonly voters: number;
  /** By contest; votes in the order of the parties. */
  readonly results: readonly { readonly invalid: number; readonly votes: readonly number[] }[];
}

/** `Zeilentyp`, in the words of the file. */
export const REGION_KINDS = { constituency: 'Wahlkreis', land: 'Bundesland', whole: 'Bundesgebiet' } as const;
export type RegionKind = (typeof REGION_KINDS)[keyof typeof REGION_KINDS];

/** As the columns call the two votes, in the order of the contests. */
const VOTES = ['Erststimmen', 'Zweitstimmen'] as const;
const VALID = 'Gültige Stimmen';

export function recognisesRegions({ header }: SourceTable): boolean {
  return ['Nr', 'Gebiet', 'gehört_zu', 'Zeilentyp'].every((name) => header.includes(name));
}

/** Names of the parties: every name with a final column for a vote, after the ones for valid votes. */
export function partiesOf(table: SourceTable): string[] {
  const names = table.header.flatMap((column) => /^(.+)_(?:Erst|Zweit)stimmen_Endgültig$/.exec(column)?.[1] ?? []);
  const unique = [...new Set(names)];
  const valid = unique.indexOf(VALID);
  if (valid < 0) throw inputError(table.file, `the columns '${VALID}_…_Endgültig' are missing.`);
  return unique.slice(valid + 1);
}

/** Throws LT_INPUT_FILE, and LT_PACK_REFUSED when the two votes of a region have different voters. */
export function readRegions(table: SourceTable, parties: readonly string[]): Region[] {
  return table.rows.map((row) => {
    const text = (name: string): string => textAt(row, columnAt(table, name));
    const final = (name: string, vote: string): number =>
      countOrNoneAt(table, row, columnAt(table, finalColumn(name, vote)));
    return {
      line: row.line,
      number: text('Nr'),
      name: text('Gebiet'),
      within: text('gehört_zu'),
      kind: kindOf(table, row, text('Zeilentyp')),
      eligible: countOfBoth(table, row, 'Wahlberechtigte'),
      voters: countOfBoth(table, row, 'Wählende'),
      results: VOTES.map((vote) => ({
        invalid: final('Ungültige Stimmen', vote),
        votes: parties.map((party) => final(party, vote)),
      })),
    };
  });
}

function finalColumn(name: string, vote: string): string {
  return `${name}_${vote}_Endgültig`;
}

function kindOf(table: SourceTable, row: SourceRow, said: string): RegionKind {
  const kind = Object.values(REGION_KINDS).find((known) => known === said);
  if (kind === undefined) throw inputError(table.file, `the Zeilentyp '${said}' is unknown.`, row.line);
  return kind;
}

/** A figure that stands once for each vote, and is that of the same people. */
function countOfBoth(table: SourceTable, row: SourceRow, name: string): number {
  const [first, second] = VOTES.map((vote) => countAt(table, row, columnAt(table, finalColumn(name, vote))));
  if (first === second) return first!;
  throw refused(table.file, `line ${row.line} has ${name} ${first} for the first vote and ${second} for the second.`);
}
