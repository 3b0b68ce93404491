import type { Serial } from '../election/ids.ts';
import { ballotLine } from '../topics/ballots.ts';
import type { Draws } from '../stages/seeded-draws.ts';
import { coprimeNear, Dealer, type SerialRange } from './deal-serials.ts';
import { choicesOf, type Pack, type PackBallots, type PackUnit } from './pack.ts';

/**
 * HOT PATH. Writes the ballots of a pack as canonical lines: all of Germany is 50 million of them. A row of the pack
 * is the same line over and over but for its serial, so a run of a row is written once, doubled by copying, and its
 * serials are put in afterwards. No object a ballot. Its plain twin in the tests is `ballotLine` alone.
 *
 *     {"serial":       ,"place":"DE-HB","cohort":"w|1991-2000","choices":{"first":["spd"],"second":["spd"]}}⏎
 *     └─ HEAD ──┘digits└─ tail of the row ─────────────────────────────────────────────────────────────────┘
 *
 * The order is of a results night: each place reports in a while of its own, and in it the rows take turns.
 */
export class BallotWriter {
  /** Ballots not written yet. */
  left = 0;

  readonly #dealers: readonly Dealer[];
  /** By row: the number of its unit, its ballots, those written, and the line from the serial on. */
  readonly #unitOfRow: Uint32Array;
  readonly #ballots: Float64Array;
  readonly #written: Float64Array;
  readonly #tails: readonly Buffer[];
  /** By row: a fraction of a ballot that it is ahead, so that rows of few ballots do not all come at the end. */
  readonly #ahead: Float64Array;
  /** By unit: when its place begins to report, and for how long, as shares of the night; digits of its serials. */
  readonly #begins: Float64Array;
  readonly #lasts: Float64Array;
  readonly #digits: Uint8Array;

  readonly #rounds: number;
  readonly #stride: number;
  /** Where the night stands: the round, the turn in it, and what is left of that row's run. */
  #round = 1;
  #turn = -1;
  #row = 0;
  #run = 0;

  /** `ranges` are the serials of each unit of the pack, as many as may vote there. */
  constructor(pack: Pack, ranges: readonly (readonly SerialRange[])[], draws: Draws) {
    const rows = pack.units.flatMap((unit, at) => unit.ballots.map((ballots) => ({ unit, at, ballots })));
    this.#dealers = ranges.map((some, at) => new Dealer(some, at, draws));
    this.#digits = Uint8Array.from(this.#dealers, (dealer) => dealer.digits);
    this.#unitOfRow = Uint32Array.from(rows, ({ at }) => at);
    this.#ballots = Float64Array.from(rows, ({ ballots }) => ballots.count);
    this.#written = new Float64Array(rows.length);
    this.#tails = rows.map(({ unit, ballots }) => tailOf(pack, unit, ballots));
    this.#ahead = Float64Array.from(rows, (_, row) => draws.unit(row, AHEAD));
    const nights = nightsOf(pack.units, draws);
    this.#begins = Float64Array.from(nights, ({ begins }) => begins);
    this.#lasts = Float64Array.from(nights, ({ lasts }) => lasts);
    this.left = this.#ballots.reduce((sum, ballots) => sum + ballots, 0);
    this.#rounds = Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, Math.round(this.left / rows.length / RUN_LINES)));
    this.#stride = coprimeNear(rows.length, rows.length * 0.382);
  }

  /** Fills `target` with whole lines from its start, and returns how many bytes they are; 0 once all are written. */
  fill(target: Buffer): number {
    let at = 0;
    while (this.left > 0) {
      if (this.#run === 0) this.#nextRun();
      const digits = this.#digits[this.#unitOfRow[this.#row]!]!;
      const end = digits === 0 ? this.#writeOne(target, at) : this.#writeAlike(target, at, digits);
      if (end === at) break; // full
      at = end;
    }
    return at;
  }

  /** Goes on to the next row that has ballots due. There is one: `left` is not 0. */
  #nextRun(): void {
    const rows = this.#ballots.length;
    do {
      if (++this.#turn === rows) {
        this.#turn = 0;
        this.#round++;
      }
      // Another row begins each round, and neighbours in the pack are far apart in it.
      this.#row = ((this.#turn + this.#round) * this.#stride) % rows;
      this.#run = this.#due(this.#row) - this.#written[this.#row]!;
    } while (this.#run === 0);
  }

  /** How many ballots of the row should be written by the end of this round. */
  #due(row: number): number {
    const unit = this.#unitOfRow[row]!;
    const reported = (this.#round / this.#rounds - this.#begins[unit]!) / this.#lasts[unit]!;
    if (reported <= 0) return 0;
    const ballots = this.#ballots[row]!;
    return reported >= 1 ? ballots : Math.floor(ballots * reported + this.#ahead[row]!);
  }

  /** Lines of one length: the first is written, the others are copies of it with another serial. */
  #writeAlike(target: Buffer, at: number, digits: number): number {
    const tail = this.#tails[this.#row]!;
    const lineBytes = HEAD.length + digits + tail.length;
    const lines = Math.min(this.#run, Math.floor((target.length - at) / lineBytes));
    if (lines === 0) return at;
    const end = at + lines * lineBytes;
    target.set(HEAD, at);
    target.set(tail, at + HEAD.length + digits);
    // The last copy may go past the end of the run: the next run writes over it.
    for (let filled = at + lineBytes; filled < end; filled += filled - at) target.copyWithin(filled, at, filled);
    const dealer = this.#dealers[this.#unitOfRow[this.#row]!]!;
    for (let line = at + HEAD.length + digits; line < end; line += lineBytes) writeDigits(target, line, dealer.next());
    this.#count(lines);
    return end;
  }

  /** Where serials of a unit differ in length. */
  #writeOne(target: Buffer, at: number): number {
    const tail = this.#tails[this.#row]!;
    if (at + HEAD.length + MOST_DIGITS + tail.length > target.length) return at;
    const serial = String(this.#dealers[this.#unitOfRow[this.#row]!]!.next());
    target.set(HEAD, at);
    target.write(serial, at + HEAD.length, 'latin1');
    target.set(tail, at + HEAD.length + serial.length);
    this.#count(1);
    return at + HEAD.length + serial.length + tail.length;
  }

  #count(lines: number): void {
    this.#run -= lines;
    this.#written[this.#row]! += lines;
    this.left -= lines;
  }
}

const HEAD = Buffer.from('{"serial":');
const MOST_DIGITS = 10;

/** Lines of one row that stand together, about: long enough to be cheap, far fewer than a refresh of the dashboard shows. */
const RUN_LINES = 20;
const LEAST_ROUNDS = 50;
const MOST_ROUNDS = 1000;

/** Fields of draws; the dealers use 0. */
const AHEAD = 1;
const BEGINS = 2;
const LASTS = 3;

/** The units of a place report together. */
function nightsOf(units: readonly PackUnit[], draws: Draws): { begins: number; lasts: number }[] {
  const places = new Map([...new Set(units.map(({ place }) => place))].map((place, at) => [place, at]));
  return units.map(({ place }) => {
    const at = places.get(place)!;
    const lasts = 0.2 + 0.3 * draws.unit(at, LASTS);
    return { begins: (1 - lasts) * draws.unit(at, BEGINS), lasts };
  });
}

/** The line of these ballots from the serial on, with its line feed. */
function tailOf(pack: Pack, unit: PackUnit, ballots: PackBallots): Buffer {
  const line = ballotLine(0 as Serial, unit.place, unit.cohort, choicesOf(pack.election, ballots));
  return Buffer.from(`${line.slice(HEAD.length + 1)}\n`);
}

/** The digits of a serial, the last of them before `end`. */
function writeDigits(target: Buffer, end: number, serial: number): void {
  let at = end;
  let rest = serial;
  while (rest >= 10) {
    const tenth = Math.trunc(rest / 10);
    target[--at] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
  target[--at] = 0x30 + rest;
}
