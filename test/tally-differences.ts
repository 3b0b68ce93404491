import type { Tally } from '../src/election/tally.ts';

/** In what two tallies differ, in words: a few thousand cells side by side tell nobody anything. */
export function tallyDifferences(one: Tally, other: Tally): string[] {
  const left = entriesOf(one);
  const right = entriesOf(other);
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => `${key}: ${left.get(key) ?? 'none'} ≠ ${right.get(key) ?? 'none'}`);
}

function entriesOf({ lines, spent, strays, outcomes, invalid, ballots, cells }: Tally): Map<string, number> {
  return new Map([
    ...Object.entries({ lines, spent, strays, ...outcomes }),
    ...Object.entries(invalid).map(([reason, number]) => [`invalid ${reason}`, number] as const),
    ...ballots,
    ...cells,
  ]);
}
