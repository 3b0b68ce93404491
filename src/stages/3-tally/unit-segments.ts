import { Arena } from './arena.ts';

/**
 * HOT PATH. `,"place":…,"cohort":…,"choices":{` of each unit, once a line has shown it: a serial tells its unit, so
 * that the bytes to expect are known before they are read.
 */
export class UnitSegments {
  readonly #arena = new Arena();
  /** By unit; -1: not seen yet. */
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;

  constructor(units: number) {
    this.#starts = new Int32Array(units).fill(-1);
    this.#lengths = new Int32Array(units);
  }

  /** Where the segment of the unit ends if it is what stands at `start`, else -1. Reads nothing at or past `limit`. */
  endAt(unit: number, bytes: DataView, start: number, limit: number): number {
    const own = this.#starts[unit]!;
    const end = start + this.#lengths[unit]!;
    return own >= 0 && end <= limit && this.#arena.equals(own, bytes, start, end - start) ? end : -1;
  }

  add(unit: number, bytes: DataView, start: number, end: number): void {
    if (this.#starts[unit]! >= 0) return;
    this.#lengths[unit] = end - start;
    this.#starts[unit] = this.#arena.add(bytes, start, end - start);
  }
}
