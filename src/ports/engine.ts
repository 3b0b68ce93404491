import type { Tally } from '../election/tally.ts';
import type { Life } from '../topics/life.ts';
import type { Position } from '../topics/position.ts';

/**
 * What counts: it follows `events` and `ballots`, and knows the counts at a position.
 *
 * What every engine promises:
 * - E1 Unless it is provisional, `tally()` is the fold of all records below `position`, and of nothing else: a close or an
 *   exclusion that reaches back is folded as if it had been known from the start.
 * - E3 However the log is cut into records, and wherever the engine stopped and went on, the tally is the same.
 */
export interface Engine {
  readonly life: Life;
  /** Which engine, and what it runs: another run may count by other code or another version of the rules. */
  readonly run: string;
  /** The tally may differ from the fold where an issue came later than its use, or a ballot after the close. */
  readonly provisional: boolean;
  readonly position: Position;
  /** Whether every ballot up to the close has been read. */
  readonly complete: boolean;
  /** The counts at `position`, as plain data. */
  tally(): Tally;
  /**
   * Reads what is new and folds it; waits up to `waitMs` when there is nothing. Resolves with the number of
   * records and events folded.
   */
  step(waitMs: number, signal?: AbortSignal): Promise<number>;
  /** Keeps the counts, so that the next start need not read the log from zero. */
  save(): Promise<void>;
  /** Ends what it runs elsewhere, unless that cannot be reached. */
  close(): Promise<void>;
}
