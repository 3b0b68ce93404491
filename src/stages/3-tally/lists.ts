import type { Contest } from '../../election/election.ts';
import { UNKNOWN_LIST } from '../../election/tally.ts';

/** Every choice list met so far, numbered; and which contest each is of. */
export class Lists {
  readonly contests: number;
  readonly #contestIds: readonly string[];
  readonly #contestIndex: ReadonlyMap<string, number>;
  readonly #candidates: readonly ReadonlySet<string>[];
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];
  #contestOf = new Int32Array(256);
  /** By contest: the list without a name. */
  readonly blank: Int32Array;

  constructor(contests: readonly Contest[]) {
    this.contests = contests.length;
    this.#contestIds = contests.map((contest) => contest.id);
    this.#contestIndex = new Map(this.#contestIds.map((id, at) => [id, at]));
    this.#candidates = contests.map((contest) => new Set(contest.candidates.map((candidate) => candidate.id)));
    this.blank = Int32Array.from(contests, (_contest, at) => this.#number(at, ''));
  }

  get size(): number {
    return this.#texts.length;
  }

  /** Undefined: the election has no such contest. */
  numberOf(contest: string, names: readonly string[]): number | undefined {
    const at = this.#contestIndex.get(contest);
    if (at === undefined) return undefined;
    const known = this.#candidates[at]!;
    return this.#number(at, names.every((name) => known.has(name)) ? names.join(',') : UNKNOWN_LIST);
  }

  contestOf(list: number): number {
    return this.#contestOf[list]!;
  }

  isUnknown(list: number): boolean {
    return this.#texts[list] === UNKNOWN_LIST;
  }

  contestId(list: number): string {
    return this.#contestIds[this.contestOf(list)]!;
  }

  /** The names, joined by commas. */
  text(list: number): string {
    return this.#texts[list]!;
  }

  /** Numbers a list as a snapshot has it. Undefined: its contest is not of this election. */
  restore(contest: string, text: string): number | undefined {
    const at = this.#contestIndex.get(contest);
    return at === undefined ? undefined : this.#number(at, text);
  }

  #number(contest: number, text: string): number {
    const key = `${contest} ${text}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#numbers.set(key, number);
      if (number === this.#contestOf.length) {
        const larger = new Int32Array(number * 2);
        larger.set(this.#contestOf);
        this.#contestOf = larger;
      }
      this.#contestOf[number] = contest;
    }
    return number;
  }
}
