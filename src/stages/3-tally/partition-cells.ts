import type { Election } from '../../election/election.ts';
import { TOTAL } from '../../election/tally.ts';
import type { Ledger, TallyRecord } from '../../topics/tallies.ts';

/** What a cluster has counted of one partition, at the position of its ledger. */
export interface WholePartition {
  readonly ledger: Ledger;
  /** `ballotKey` → number. */
  readonly ballots: ReadonlyMap<string, number>;
  /** `cellKey` → number. */
  readonly cells: ReadonlyMap<string, number>;
}

/**
 * Puts the cells of one partition together. They come one by one and in any order, a batch of ballots at a time; they are
 * *whole*, and only then shown, when those of each contest and breakdown add up to what the ledger says is counted. Cells
 * only grow, so that a sum fits only when none is missing.
 */
export class PartitionCells {
  /** By contest and breakdown: the sum of the newest cells. */
  readonly #sums: Map<string, number>;
  readonly #newest = new Map<string, number>();
  #newestLedger: Ledger | undefined;
  /** Sums that are not what the ledger says is counted. */
  #misfits = 0;

  readonly #changed = new Map<string, { readonly isCell: boolean; readonly ballots: number }>();
  readonly #ballots = new Map<string, number>();
  readonly #cells = new Map<string, number>();
  #ledger: Ledger | undefined;

  constructor({ contests, breakdowns }: Pick<Election, 'contests' | 'breakdowns'>) {
    const keys = breakdowns.map((dimensions) => dimensions.join('/'));
    const groups = [
      ...keys.map((key) => groupOf(undefined, key)),
      ...contests.flatMap(({ id }) => [TOTAL, ...keys].map((key) => groupOf(id, key))),
    ];
    this.#sums = new Map(groups.map((group) => [group, 0]));
  }

  take(record: TallyRecord): void {
    if ('ledger' in record) this.#takeLedger(record.ledger);
    else this.#takeCell(record);
    if (this.#misfits === 0) this.#settle();
  }

  /** The newest count that was whole; undefined before the first. */
  get whole(): WholePartition | undefined {
    return this.#ledger === undefined
      ? undefined
      : { ledger: this.#ledger, ballots: this.#ballots, cells: this.#cells };
  }

  /** How far the newest ledger has come, whole or not. */
  get reached(): number {
    return this.#newestLedger?.position ?? 0;
  }

  /** Whether something was taken that is not whole yet. */
  get isUnfinished(): boolean {
    return this.#changed.size > 0 || this.#misfits > 0;
  }

  #takeLedger(ledger: Ledger): void {
    this.#newestLedger = ledger;
    this.#misfits = 0;
    for (const sum of this.#sums.values()) if (sum !== ledger.counted) this.#misfits++;
  }

  #takeCell({ contest, breakdown, key, ballots }: Extract<TallyRecord, { key: string }>): void {
    const group = groupOf(contest, breakdown);
    const before = this.#sums.get(group);
    if (before === undefined) return; // of a contest or breakdown that this election does not have
    const after = before + ballots - (this.#newest.get(key) ?? 0);
    const counted = this.#newestLedger?.counted ?? 0;
    this.#misfits += Number(after !== counted) - Number(before !== counted);
    this.#sums.set(group, after);
    this.#newest.set(key, ballots);
    this.#changed.set(key, { isCell: contest !== undefined, ballots });
  }

  #settle(): void {
    for (const [key, { isCell, ballots }] of this.#changed) (isCell ? this.#cells : this.#ballots).set(key, ballots);
    this.#changed.clear();
    this.#ledger = this.#newestLedger;
  }
}

function groupOf(contest: string | undefined, breakdown: string): string {
  return `${contest ?? ''} ${breakdown}`;
}
