import {
  columnAt,
  columnsAt,
  countAt,
  countOrNoneAt,
  inputError,
  refused,
  textAt,
  type SourceRow,
  type SourceTable,
} from './source-table.ts';

/**
 * The table of the representative statistics: a row for each Land, vote, sex and group of years of birth.
 *
 *     Land;Erst-/Zweitstimme;Geschlecht;Geburtsjahresgruppe;Summe;Ungültig;SPD;…;Sonstige;dar. BSW
 *     HB  ;1                ;w         ;1991-2000          ;…
 *
 * A row with `Summe` for sex or years is a sum of others, and so is the Land `Bund`. The `dar.` columns are parts of
 * `Sonstige` and never counted.
 */
export interface Statistics {
  /** Names of the columns of parties, as the votes of a row are in order. */
  readonly parties: readonly string[];
  readonly rows: readonly StatisticsRow[];
  /** Of the rows that are no sums, in the order of the file. */
  readonly sexes: readonly string[];
  readonly years: readonly string[];
  /** Throws LT_INPUT_FILE when the file has no such row. */
  row(key: StatisticsKey): StatisticsRow;
}

export interface StatisticsKey {
  /** Its letters, or FEDERAL. */
  readonly land: string;
  /** 0: first vote, 1: second vote. */
  readonly contest: number;
  /** Sex and years of birth: as the file says them, or SUM. */
  readonly sex: string;
  readonly years: string;
}

export interface StatisticsRow extends StatisticsKey {
  readonly line: number;
  readonly total: number;
  readonly invalid: number;
  readonly votes: readonly number[];
}

export const SUM = 'Summe';
export const FEDERAL = 'Bund';

const COLUMNS = ['Land', 'Erst-/Zweitstimme', 'Geschlecht', 'Geburtsjahresgruppe', 'Summe', 'Ungültig'] as const;
const PART_OF_OTHERS = /^dar\. /;

export function recognisesStatistics({ header }: SourceTable): boolean {
  return COLUMNS.every((name) => header.includes(name));
}

/** Throws LT_INPUT_FILE, and LT_PACK_REFUSED when a row is there twice. */
export function readStatistics(table: SourceTable): Statistics {
  const parties = partiesOf(table);
  const rows = new Map<string, StatisticsRow>();
  for (const read of readRows(table, parties)) {
    const before = rows.get(keyText(read));
    if (before !== undefined)
      throw refused(table.file, `line ${read.line} says again what line ${before.line} says (${keyText(read)}).`);
    rows.set(keyText(read), read);
  }
  const all = [...rows.values()];
  return {
    parties,
    rows: all,
    sexes: [...new Set(all.map(({ sex }) => sex))].filter((sex) => sex !== SUM),
    years: [...new Set(all.map(({ years }) => years))].filter((years) => years !== SUM),
    row(key): StatisticsRow {
      const found = rows.get(keyText(key));
      if (found === undefined) throw inputError(table.file, `the row ${keyText(key)} is missing.`);
      return found;
    },
  };
}

function partiesOf({ header }: SourceTable): string[] {
  const first = header.indexOf('Ungültig') + 1;
  return header.slice(first).filter((name) => name !== '' && !PART_OF_OTHERS.test(name));
}

function readRows(table: SourceTable, parties: readonly string[]): StatisticsRow[] {
  const at = columnsAt(table, COLUMNS);
  const partiesAt = parties.map((name) => columnAt(table, name));
  return table.rows.map((row) => ({
    line: row.line,
    land: textAt(row, at.Land),
    contest: contestOf(table, row, at['Erst-/Zweitstimme']),
    sex: textAt(row, at.Geschlecht),
    years: textAt(row, at.Geburtsjahresgruppe),
    total: countAt(table, row, at.Summe),
    invalid: countAt(table, row, at.Ungültig),
    votes: partiesAt.map((column) => countOrNoneAt(table, row, column)),
  }));
}

function contestOf(table: SourceTable, row: SourceRow, column: number): number {
  const vote = textAt(row, column);
  if (vote !== '1' && vote !== '2') throw inputError(table.file, `the vote '${vote}' is neither 1 nor 2.`, row.line);
  return Number(vote) - 1;
}

/** As the file would write it: `HB;1;w;1991-2000`. */
function keyText({ land, contest, sex, years }: StatisticsKey): string {
  return [land, contest + 1, sex, years].join(';');
}
