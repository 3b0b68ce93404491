import type { Claim } from '../election/ballot.ts';
import { ID, type Serial } from '../election/ids.ts';

const U32 = decimalUpTo('4294967295');

/** The longest line, in bytes, without its line feed. */
export const LINE_BYTES = 4096;
/** The most lines that intake writes to one record. */
export const RECORD_LINES = 4096;
/** The most bytes that intake writes to one record. */
export const RECORD_BYTES: number = 256 * 1024;

/**
 * The grammar of a ballot line, as one regular expression: the only thing that all counts share. Bytes outside ASCII
 * never match. A contest stands at most once; whitespace, escapes and other key orders do not match.
 */
export const GRAMMAR: RegExp = new RegExp(`^${lineGrammar('')}$`);

/**
 * The same for Java, which recurses once for each turn of a group that it may have to go back over: a long line would
 * overflow its stack. Possessive, `*+`, it never goes back; here nothing ever needs to.
 */
export const JAVA_GRAMMAR: string = `^${lineGrammar('+')}\\z`;

function lineGrammar(possessive: '' | '+'): string {
  const names = `(?:"${ID}"(?:,"${ID}")*${possessive})?${possessive}`;
  const choice = (name: string): string => `"(?<${name}>${ID})":\\[${names}\\](?!.*"\\k<${name}>":\\[)`;
  const choices = `\\{(?:${choice('contest')}(?:,${choice('later')})*${possessive})?${possessive}\\}`;
  return `(?=.{1,${LINE_BYTES}}$)\\{"serial":(?<serial>${U32}),"place":"(?<place>${ID})","cohort":"(?<cohort>${ID})","choices":(?<choices>${choices})\\}`;
}

/** A line in canonical form, its choices still text. */
export interface BallotLine extends Claim {
  /** `{"president":["rivera"]}` */
  readonly choices: string;
}

/** Undefined when the line is not in canonical form. */
export function matchLine(line: string): BallotLine | undefined {
  const found = GRAMMAR.exec(line);
  if (found === null) return undefined;
  // By number: an object of named groups would take as long as the match.
  const [, serial, place, cohort, choices] = found;
  return { serial: Number(serial), place: place!, cohort: cohort!, choices: choices! };
}

const ONE_CHOICE = /"([^"]+)":\[([^\]]*)\]/g;

/** Choice lists by contest, of text that the grammar accepted; in its order, which JSON.parse would not keep for contests named like numbers. */
export function readChoices(choices: string): Map<string, string[]> {
  const read = new Map<string, string[]>();
  for (const [, contest, names] of choices.matchAll(ONE_CHOICE)) {
    read.set(contest!, names === '' ? [] : names!.slice(1, -1).split('","'));
  }
  return read;
}

/** The canonical line of a ballot, without a line feed. The ids must be ids; nothing is escaped. */
export function ballotLine(
  serial: Serial,
  place: string,
  cohort: string,
  choices: Iterable<readonly [contest: string, names: readonly string[]]>,
): string {
  const parts: string[] = [];
  for (const [contest, names] of choices) parts.push(`"${contest}":[${names.map((name) => `"${name}"`).join(',')}]`);
  return `{"serial":${serial},"place":"${place}","cohort":"${cohort}","choices":{${parts.join(',')}}}`;
}

export function partitionOf(serial: number, partitions: number): number {
  return serial % partitions;
}

/** Lines of a record: split at line feeds, the last one optional. An empty record holds none. */
export function linesOf(record: Uint8Array): string[] {
  if (record.length === 0) return [];
  const text = Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('latin1');
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** A pattern for the decimal numbers from 0 to `limit`, without leading zeros. */
function decimalUpTo(limit: string): string {
  const below = [...limit].flatMap((digit, at) => {
    const least = at === 0 ? 1 : 0;
    if (Number(digit) <= least) return [];
    const rest = limit.length - at - 1;
    return [`${limit.slice(0, at)}[${least}-${Number(digit) - 1}]${rest === 0 ? '' : `[0-9]{${rest}}`}`];
  });
  return `(?:0|[1-9][0-9]{0,${limit.length - 2}}|${below.join('|')}|${limit})`;
}
