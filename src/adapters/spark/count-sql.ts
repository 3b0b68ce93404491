import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { INVALID_REASONS, OUTCOMES } from '../../election/ballot.ts';
import type { Contest, Election } from '../../election/election.ts';
import { TOTAL, UNKNOWN_LIST } from '../../election/tally.ts';
import { JAVA_GRAMMAR } from '../../topics/ballots.ts';
import type { Life } from '../../topics/life.ts';
import { LEDGER_FIELDS } from '../../topics/tallies.ts';

/** What decides a count, besides the log. */
export type CountRules = Pick<Life, 'election' | 'partitions' | 'closed' | 'excludedRanges' | 'excludedSerials'>;

/** The statements of sql/spark/count.sql, filled in for one election. */
export type CountSql = Readonly<Record<Section, string>>;

const SECTIONS = ['lines', 'first', 'cells', 'records'] as const;
type Section = (typeof SECTIONS)[number];

/** The same distance from `src/` and from `dist/`. */
const FILE = fileURLToPath(new URL('../../../sql/spark/count.sql', import.meta.url));

/** What becomes of a line, reasons of invalid ones each by itself: the columns of a partition's ledger. */
const LEDGER_OUTCOMES: readonly string[] = OUTCOMES.flatMap((outcome) =>
  outcome === 'invalid' ? INVALID_REASONS : [outcome],
);

/**
 * `run` stands in front of every record's key. `repeats`: whether they are counted, by the statement `first`. Ids and topics
 * hold no quote, so nothing is escaped.
 */
export async function countSql(rules: CountRules, run: string, repeats: boolean): Promise<CountSql> {
  const words = wordsOf(rules, run, repeats ? [...LEDGER_FIELDS, 'repeat'] : LEDGER_FIELDS);
  const file = await readFile(FILE, 'utf8');
  const parts = file.split(/^-- ## (\w+): /m).slice(1);
  const texts = SECTIONS.map((section) => {
    const text = parts[parts.indexOf(section) + 1]!.trim();
    return [section, `-- ${text.replaceAll(/\{\{(\w+)\}\}/g, (_all, word: string) => words[word]!)}\n`];
  });
  return Object.fromEntries(texts) as CountSql;
}

function wordsOf(
  { election, partitions, closed, excludedRanges, excludedSerials }: CountRules,
  run: string,
  ledger: readonly string[],
): Words {
  const columns = election.breakdowns.map((_dimensions, at) => `b${at}`);
  const keys = election.breakdowns.map((dimensions) => dimensions.join('/'));
  return {
    grammar: JAVA_GRAMMAR,
    partitions: String(partitions),
    lineNumbers: String(LINE_NUMBERS),
    offsets: String(2 ** Math.floor(Math.log2(2 ** 63 / LINE_NUMBERS / partitions))),
    excludedRange: anyOf(
      excludedRanges.map(
        ({ partition, from, to }) => `(partition = ${partition} AND offset >= ${from} AND offset < ${to})`,
      ),
    ),
    late:
      closed === undefined ? 'FALSE' : `offset >= get(array(${closed.map((end) => `${end}L`).join(', ')}), partition)`,
    excludedSerial: excludedSerials.size === 0 ? 'FALSE' : `ballot.serial IN (${[...excludedSerials].join(', ')})`,
    lists: `array(${election.contests.map(listOf).join(',\n    ')})`,
    strays: `CAST(size(array_except(map_keys(ballot.choices), ${texts(election.contests.map(({ id }) => id))})) AS BIGINT)`,
    outcomes: forOutcomes((name) => `if(cell.contest IS NULL AND outcome = ${text(name)}, 1L, 0L) AS ${name}Lines`),
    sumOutcomes: forOutcomes((name) => `sum(${name}Lines) AS ${name}Lines`),
    ledgerOutcomes: forOutcomes((name) => `if(isLedger, ${name}Lines, NULL) AS ${name}Lines`),
    ledger: ledger.map((field) => `${text(field)}, ${ledgerColumn(field)}`).join(', '),
    values: election.breakdowns.map((dimensions, at) => `, ${valueOf(dimensions, election)} AS b${at}`).join(''),
    breakdown: caseOf(columns, keys.map(text)),
    value: caseOf(columns, columns),
    groupingSets: [[], ...columns.map((column) => [column])]
      .map((more) => `(${['partition', 'contest', 'list', ...more].join(', ')})`)
      .join(', '),
    run: text(run),
  };
}

/** More than the lines of a record of the largest size that the topic takes, 8 MB. The rest of the 63 bits is for partition and offset. */
const LINE_NUMBERS = 2 ** 24;

type Words = Readonly<Record<string, string>>;

/** The choice list of one contest as the tally counts it: absent is blank, an unknown name is an unknown list. */
function listOf({ id, candidates }: Contest): string {
  const names = `element_at(ballot.choices, ${text(id)})`;
  const known = texts(candidates.map((candidate) => candidate.id));
  return `named_struct('contest', ${text(id)}, 'list', if(size(array_except(coalesce(${names}, array()), ${known})) = 0,
      array_join(coalesce(${names}, array()), ','), ${text(UNKNOWN_LIST)}))`;
}

/** NULL where a row is no counted ballot. */
function valueOf(dimensions: readonly string[], { cohorts }: Election): string {
  const parts = dimensions.map((dimension) => {
    if (dimension === 'place' || dimension === 'cohort') return dimension;
    return `get(split(cohort, '[|]'), ${cohorts.findIndex(({ id }) => id === dimension)})`;
  });
  return parts.length === 1 ? parts[0]! : `if(place IS NULL, NULL, concat_ws('/', ${parts.join(', ')}))`;
}

/** Of the column that is grouped by. */
function caseOf(columns: readonly string[], results: readonly string[]): string {
  if (columns.length === 0) return text(TOTAL);
  const whens = columns.map((column, at) => `WHEN grouping(${column}) = 0 THEN ${results[at]!}`);
  return `CASE ${whens.join(' ')} ELSE ${text(TOTAL)} END`;
}

/** Outcomes have a suffix: one reason is called as a partition is. */
function ledgerColumn(field: string): string {
  return LEDGER_OUTCOMES.includes(field) ? `${field}Lines` : field;
}

function forOutcomes(column: (name: string) => string): string {
  return LEDGER_OUTCOMES.map(column).join(', ');
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'FALSE' : conditions.join(' OR ');
}

function texts(ids: readonly string[]): string {
  return `array(${ids.map(text).join(', ')})`;
}

function text(id: string): string {
  return `'${id}'`;
}
