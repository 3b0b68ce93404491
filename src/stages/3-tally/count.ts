import { INVALID_REASONS, OUTCOMES, type InvalidReason, type Outcome } from '../../election/ballot.ts';
import { ballotKey, cellKey, emptyTally, TOTAL, type Tally } from '../../election/tally.ts';
import type { Life } from '../../topics/life.ts';
import { Cells } from './cells.ts';
import { Lists } from './lists.ts';
import { Scanner } from './scan.ts';

/**
 * HOT PATH. The fold over ballot records: bytes in, typed arrays, nothing an object a ballot. Its plain twin is
 * election/decide.ts, which the recount runs.
 *
 * `life` must be caught up with every issue that was durable before the record: read the record first, then the events.
 */
export class Counter {
  readonly #life: Life;
  readonly lists: Lists;
  readonly cells: Cells = new Cells();
  readonly #scanner: Scanner;

  strays = 0;
  readonly outcomes: Float64Array = new Float64Array(OUTCOMES.length);
  readonly invalid: Float64Array = new Float64Array(INVALID_REASONS.length);
  /** Counted ballots by column. */
  readonly ballots: Float64Array;
  /** A bit a serial, set when it is spent. */
  spent: Uint32Array<ArrayBuffer> = new Uint32Array(1 << 10);

  /** Columns are the values of all breakdowns, one breakdown after the other; column 0 is everything together. */
  readonly #columnsOfUnit: Uint32Array;
  readonly #breakdowns: number;

  constructor(life: Life) {
    this.#life = life;
    this.lists = new Lists(life.election.contests);
    this.#scanner = new Scanner(life.roll, this.lists);
    this.#breakdowns = life.roll.space.breakdowns.length;
    this.#columnsOfUnit = columnsOfUnits(life);
    this.ballots = new Float64Array(columnNames(life).length);
  }

  /** Lines read; outcomes are counted apart from it. */
  get lines(): number {
    return this.#scanner.linesRead;
  }

  set lines(lines: number) {
    this.#scanner.linesRead = lines;
  }

  /** Folds the record at `offset` of a partition of `ballots`. */
  fold(partition: number, offset: number, record: Uint8Array): void {
    const scanner = this.#scanner;
    scanner.open(record);
    const whole = this.#outcomeOfRecord(partition, offset);
    if (whole !== undefined) {
      for (; !scanner.atEnd; scanner.skip()) this.outcomes[whole]!++;
      return;
    }
    this.#makeRoom();
    while (!scanner.atEnd) {
      if (scanner.next()) this.#decide(partition);
      else this.#refuse(FORM);
    }
  }

  /** The counts so far as plain data. */
  tally(): Tally {
    const tally = emptyTally();
    tally.lines = this.lines;
    tally.strays = this.strays;
    OUTCOMES.forEach((outcome, at) => (tally.outcomes[outcome] = this.outcomes[at]!));
    INVALID_REASONS.forEach((reason, at) => (tally.invalid[reason] = this.invalid[at]!));
    tally.spent = ones(this.spent);
    const columns = columnNames(this.#life);
    this.ballots.forEach((ballots, column) => {
      if (ballots > 0) tally.ballots.set(ballotKey(...columns[column]!), ballots);
    });
    for (const [list, column, ballots] of this.cells.entries()) {
      tally.cells.set(cellKey(this.lists.contestId(list), ...columns[column]!, this.lists.text(list)), ballots);
    }
    return tally;
  }

  #outcomeOfRecord(partition: number, offset: number): number | undefined {
    const { closed, excludedRanges } = this.#life;
    for (const range of excludedRanges) {
      if (range.partition === partition && range.from <= offset && offset < range.to) return EXCLUDED;
    }
    return closed !== undefined && offset >= closed[partition]! ? LATE : undefined;
  }

  #decide(partition: number): void {
    const { serial, ownUnit, namedUnit } = this.#scanner;
    const { partitions, excludedSerials } = this.#life;
    // Unsigned, so that it is a division of integers.
    if ((serial >>> 0) % partitions !== partition) return this.#refuse(PARTITION);
    if (ownUnit < 0) return this.#refuse(UNISSUED);
    if (ownUnit !== namedUnit) return this.#refuse(UNIT);
    if (excludedSerials.size > 0 && excludedSerials.has(serial)) return void this.outcomes[EXCLUDED]!++;
    const word = serial >>> 5;
    const bit = 1 << (serial & 31);
    if ((this.spent[word]! & bit) !== 0) return void this.outcomes[REPEAT]!++;
    this.spent[word]! |= bit;
    this.outcomes[COUNTED]!++;
    this.#count(ownUnit);
  }

  #count(unit: number): void {
    const scanner = this.#scanner;
    scanner.readLists();
    const first = unit * this.#breakdowns;
    const last = first + this.#breakdowns;
    for (let at = first; at < last; at++) this.ballots[this.#columnsOfUnit[at]!]!++;
    if (scanner.lists < this.lists.contests) this.#addBlanks();
    for (let index = 0; index < scanner.lists; index++) {
      const list = scanner.listIds[index]!;
      this.cells.increment(list, 0);
      for (let at = first; at < last; at++) this.cells.increment(list, this.#columnsOfUnit[at]!);
    }
    this.strays += scanner.strays;
  }

  /** A contest that the ballot leaves out is blank there. */
  #addBlanks(): void {
    const scanner = this.#scanner;
    const held = new Set<number>();
    for (let index = 0; index < scanner.lists; index++) held.add(this.lists.contestOf(scanner.listIds[index]!));
    this.lists.blank.forEach((list, contest) => {
      if (!held.has(contest)) scanner.listIds[scanner.lists++] = list;
    });
  }

  #refuse(reason: number): void {
    this.invalid[reason]!++;
    this.outcomes[INVALID]!++;
  }

  /** A bit for every serial issued. */
  #makeRoom(): void {
    const words = this.#life.roll.extents * WORDS_PER_EXTENT;
    if (words <= this.spent.length) return;
    const larger = new Uint32Array(Math.max(words, this.spent.length * 2));
    larger.set(this.spent);
    this.spent = larger;
  }
}

const WORDS_PER_EXTENT = 1024 / 32;

const outcomeIndex = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);
const COUNTED = outcomeIndex('counted');
const REPEAT = outcomeIndex('repeat');
const INVALID = outcomeIndex('invalid');
const LATE = outcomeIndex('late');
const EXCLUDED = outcomeIndex('excluded');

const reasonIndex = (reason: InvalidReason): number => INVALID_REASONS.indexOf(reason);
const FORM = reasonIndex('form');
const PARTITION = reasonIndex('partition');
const UNISSUED = reasonIndex('unissued');
const UNIT = reasonIndex('unit');

function columnNames(life: Life): (readonly [breakdown: string, value: string])[] {
  const names: (readonly [string, string])[] = [[TOTAL, TOTAL]];
  for (const { key, values } of life.roll.space.breakdowns) for (const value of values) names.push([key, value]);
  return names;
}

function columnsOfUnits(life: Life): Uint32Array {
  const { breakdowns, places, cohorts } = life.roll.space;
  const units = places.length * cohorts.length;
  const columns = new Uint32Array(units * breakdowns.length);
  let base = 1;
  breakdowns.forEach(({ values, valueOfUnit }, at) => {
    for (let unit = 0; unit < units; unit++) columns[unit * breakdowns.length + at] = base + valueOfUnit[unit]!;
    base += values.length;
  });
  return columns;
}

/** Counted from the bits, not from the outcomes, so that the equality between them says something. */
function ones(words: Uint32Array): number {
  let sum = 0;
  for (const word of words) {
    let bits = word - ((word >>> 1) & 0x5555_5555);
    bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
    sum += Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return sum;
}
