import { INVALID_REASONS } from '../../election/ballot.ts';
import type { Election } from '../../election/election.ts';
import { add, emptyTally, type Tally } from '../../election/tally.ts';
import type { TallyRecord } from '../../topics/tallies.ts';
import { PartitionCells, type WholePartition } from './partition-cells.ts';

/** The count of a cluster, put together from the cells of its partitions, each whole by itself. */
export class ClusterCells {
  readonly #partitions: readonly PartitionCells[];

  constructor(election: Pick<Election, 'contests' | 'breakdowns'>, partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => new PartitionCells(election));
  }

  /** Partitions that the election does not have are nobody's. */
  take(record: TallyRecord): void {
    this.#partitions[record.partition]?.take(record);
  }

  /** By partition: the offset of the next record to be counted. */
  get position(): number[] {
    return this.#partitions.map((cells) => cells.whole?.ledger.position ?? 0);
  }

  /** How far the cluster has come, by partition, also where not all of it has been taken. */
  get reached(): number[] {
    return this.#partitions.map((cells) => cells.reached);
  }

  /** Partitions of which something is missing. */
  get unfinished(): number[] {
    return this.#partitions.flatMap((cells, partition) => (cells.isUnfinished ? [partition] : []));
  }

  tally(): Tally {
    const tally = emptyTally();
    for (const cells of this.#partitions) {
      if (cells.whole !== undefined) addPartition(tally, cells.whole);
    }
    return tally;
  }
}

function addPartition(tally: Tally, { ledger, ballots, cells }: WholePartition): void {
  const { lines, counted, late, excluded } = ledger;
  tally.lines += lines;
  tally.strays += ledger.strays;
  tally.spent += ledger.spent;
  tally.outcomes.counted += counted;
  tally.outcomes.late += late;
  tally.outcomes.excluded += excluded;
  for (const reason of INVALID_REASONS) tally.invalid[reason] += ledger[reason];
  const invalid = INVALID_REASONS.reduce((sum, reason) => sum + ledger[reason], 0);
  tally.outcomes.invalid += invalid;
  tally.outcomes.repeat += ledger.repeat ?? lines - counted - late - excluded - invalid;
  for (const [key, number] of ballots) add(tally.ballots, key, number);
  for (const [key, number] of cells) add(tally.cells, key, number);
}
