import { votesFor, type Precinct, type Race, type Results } from './openelections-results.ts';
import { refused } from './source-table.ts';

/** Fewer precincts, and one may equal the sum of the others by chance. */
const ENOUGH_PRECINCTS = 4;
const TOTAL_NAME = /^(?:grand |county |state(?:wide)? )?totals?$/i;

/**
 * Refuses a file in which a total stands among the precincts: counted with them, every vote in it counts twice. Such
 * rows are found by their figures, and by their name also where the figures do not match.
 * Throws LT_PACK_REFUSED, naming the double count.
 */
export function refuseDoubleCounts(file: string, results: Results): void {
  for (const race of results.races) refuseTotalAmongPrecincts(file, race, results.precincts);
  const named = results.precincts.find(isNamedTotal);
  if (named === undefined) return;
  throw refused(
    file,
    `${precinctText(named)} (line ${named.line}) is a total among precincts: its votes would count twice.`,
  );
}

function refuseTotalAmongPrecincts(file: string, race: Race, precincts: readonly Precinct[]): void {
  const voting = precincts.filter((precinct) => precinct.votes.has(race.key));
  // A repeated sum is no vote: it would double the figures of the message.
  const options = race.options.filter(({ kind }) => kind !== 'total');
  const sums = options.map((option) => voting.reduce((sum, precinct) => sum + votesFor(precinct, race, option), 0));
  const likely = sums.filter((sum) => sum > 0).length > 1 && voting.length >= ENOUGH_PRECINCTS;
  const total = voting.find((precinct) => {
    const equal = options.every((option, at) => 2 * votesFor(precinct, race, option) === sums[at]);
    return equal && (likely || isNamedTotal(precinct));
  });
  if (total === undefined) return;
  const naive = sums.reduce((sum, votes) => sum + votes, 0);
  throw refused(
    file,
    `a double count: in the contest ${race.office}${race.district === '' ? '' : ` ${race.district}`} the rows of ${precinctText(total)} ` +
      `(from line ${total.line}) equal the sum of all its other rows: ${grouped(naive / 2)} votes would be counted twice, as ${grouped(naive)}.`,
  );
}

/** Refuses a file whose own `Total Votes Cast` is not the sum of the rest. Throws LT_PACK_REFUSED. */
export function refuseWrongTotals(file: string, { races, precincts }: Results): void {
  for (const race of races) {
    const check = race.options.find((option) => option.kind === 'total');
    if (check === undefined) continue;
    const parts = race.options.filter((option) => option.kind !== 'total');
    for (const precinct of precincts) {
      const said = precinct.votes.get(race.key)?.get(check.key);
      const sum = parts.reduce((total, option) => total + votesFor(precinct, race, option), 0);
      if (said === undefined || said === sum) continue;
      throw refused(
        file,
        `${check.name} of ${precinctText(precinct)} in the contest ${race.office} is ${grouped(said)}, but the rest adds up to ${grouped(sum)}.`,
      );
    }
  }
}

function isNamedTotal({ county, town, name }: Precinct): boolean {
  return [county, town, name].some((text) => TOTAL_NAME.test(text));
}

function precinctText({ county, town, name }: Precinct): string {
  return [county, town, `precinct ${name}`].filter((text) => text !== '').join(', ');
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
