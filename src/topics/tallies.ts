import { INVALID_REASONS, OUTCOMES, type InvalidReason, type Outcome } from '../election/ballot.ts';
import { ballotKey, cellKey } from '../election/tally.ts';
import { TOPIC_PREFIX } from './topics.ts';

/**
 * `tallies` is what a cluster counts with: one partition, compacted, a record a cell. It is no part of the election: it can
 * be deleted and counted again, and only whoever publishes the cluster's count reads it.
 *
 * A key is `run TAB partition TAB contest TAB breakdown TAB value TAB list`; without a contest it is about ballots: all of
 * a breakdown's value, or, with the breakdown `*`, the ledger of the partition. The newest value of a key holds.
 */
export function talliesTopic(election: string): string {
  return `${TOPIC_PREFIX}${election}.tallies`;
}

/** How many lines have become what, in one partition up to a position. */
export interface Ledger extends Readonly<Record<Exclude<Outcome, 'invalid' | 'repeat'> | InvalidReason, number>> {
  readonly lines: number;
  /** Absent where the count drops repeats as it meets them: then they are what is left of the lines. */
  readonly repeat?: number;
  /** The offset of the next record. */
  readonly position: number;
  /** Choices in contests that the election does not have. */
  readonly strays: number;
  /** Serials that are spent. */
  readonly spent: number;
}

export type TallyRecord =
  | { readonly run: string; readonly partition: number; readonly ledger: Ledger }
  | {
      readonly run: string;
      readonly partition: number;
      /** Undefined: all ballots of the breakdown's value. */
      readonly contest: string | undefined;
      readonly breakdown: string;
      /** As in a tally: `ballotKey` or `cellKey`. */
      readonly key: string;
      readonly ballots: number;
    };

/** Without `repeat`, which need not be there. */
export const LEDGER_FIELDS: readonly string[] = [
  'lines',
  'position',
  'strays',
  'spent',
  ...OUTCOMES.filter((outcome) => outcome !== 'invalid' && outcome !== 'repeat'),
  ...INVALID_REASONS,
];

/** Undefined for a record that no cluster of this version wrote. */
export function decodeTallyRecord(record: {
  readonly key?: string;
  readonly value: Uint8Array;
}): TallyRecord | undefined {
  const parts = record.key?.split('\t');
  if (parts?.length !== 6 || record.value.length === 0) return undefined;
  const [run, at, contest, breakdown, value, list] = parts as [string, string, string, string, string, string];
  const counts = JSON.parse(Buffer.from(record.value).toString()) as Readonly<Record<string, unknown>>;
  const partition = Number(at);
  if (contest === '' && breakdown === '*') {
    const isWhole = LEDGER_FIELDS.every((field) => typeof counts[field] === 'number');
    return isWhole ? { run, partition, ledger: counts as unknown as Ledger } : undefined;
  }
  const { n: ballots } = counts;
  if (typeof ballots !== 'number') return undefined;
  const key = contest === '' ? ballotKey(breakdown, value) : cellKey(contest, breakdown, value, list);
  return { run, partition, contest: contest === '' ? undefined : contest, breakdown, key, ballots };
}
