import { INVALID_REASONS, OUTCOMES, type InvalidReason, type Outcome } from './ballot.ts';

/**
 * Counts, and nothing derived from counts. Every engine gives this; two tallies of disjoint partitions merge by
 * addition. Nothing in it depends on how the log was cut into records.
 */
export interface Tally {
  /** Ballot lines read, counted apart from their outcomes. */
  lines: number;
  readonly outcomes: Record<Outcome, number>;
  readonly invalid: Record<InvalidReason, number>;
  /** Serials marked as spent. */
  spent: number;
  /** Choices of counted ballots in contests that the election does not have. They count nowhere. */
  strays: number;
  /** Counted ballots: `ballotKey` → number. */
  readonly ballots: Map<string, number>;
  /** Choice lists of counted ballots: `cellKey` → number. */
  readonly cells: Map<string, number>;
}

/** The breakdown of everything together. No id holds this sign. */
export const TOTAL = '*';
/** Stands for every choice list that holds a name the contest does not have, so that hostile lists take no room. */
export const UNKNOWN_LIST = '?';

export function emptyTally(): Tally {
  return {
    lines: 0,
    outcomes: zeros(OUTCOMES),
    invalid: zeros(INVALID_REASONS),
    spent: 0,
    strays: 0,
    ballots: new Map(),
    cells: new Map(),
  };
}

/** `breakdown value`, such as `place US-CA`. */
export function ballotKey(breakdown: string, value: string): string {
  return `${breakdown} ${value}`;
}

/** `contest breakdown value list`, such as `president place US-CA rivera`; the list joined by commas, blank is empty. */
export function cellKey(contest: string, breakdown: string, value: string, list: string): string {
  return `${contest} ${breakdown} ${value} ${list}`;
}

export function add(counts: Map<string, number>, key: string, number: number): void {
  counts.set(key, (counts.get(key) ?? 0) + number);
}

/** Associative and commutative; `emptyTally()` is neutral. The tallies must be of disjoint serials. */
export function merge(one: Tally, other: Tally): Tally {
  const sum = emptyTally();
  for (const tally of [one, other]) {
    sum.lines += tally.lines;
    sum.spent += tally.spent;
    sum.strays += tally.strays;
    for (const outcome of OUTCOMES) sum.outcomes[outcome] += tally.outcomes[outcome];
    for (const reason of INVALID_REASONS) sum.invalid[reason] += tally.invalid[reason];
    for (const [key, number] of tally.ballots) add(sum.ballots, key, number);
    for (const [key, number] of tally.cells) add(sum.cells, key, number);
  }
  return sum;
}

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}
