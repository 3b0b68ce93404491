import type { Registration } from '../../topics/voters.ts';

/** Where people come from: seeded (seeded-people.ts) or a roll of the user's own (import-roll.ts). */
export interface PeopleSource {
  /** Names the people and their order: the same id, the same person at each index. */
  readonly id: string;
  /** How many there are. */
  readonly people: number;
  /**
   * The people from index `from` on, in order, `size` at a time; the last batch may be smaller. Asked again it gives
   * the same, so that a registration that died can go on where it was.
   */
  batches(from: number, size: number): AsyncIterable<readonly Registration[]>;
}
