/**
 * Two ways to do the same job, in turn in one run (peer, ours, peer, ours, …), so that whatever else the machine is
 * doing falls on both:
 *
 *   await comparePair({
 *     title: 'durable append, batches of 256 kB',
 *     unit: 'MB/s',
 *     rounds: 9,
 *     target: 0.7,
 *     peer: { name: 'raw append + fdatasync', run: async (round) => … },
 *     ours: { name: 'embedded log', run: async (round) => … },
 *   });
 *
 * `run` does the job once and resolves with its rate, in `unit`; more is better. It takes the time of the job alone,
 * then checks what came of it, and throws a VoidRun when that is wrong: a wrong result has no rate. Round 0 warms up
 * and does not count. The ratio is the median of the rounds' ratios, ours to peer.
 */
export interface Pair {
  readonly title: string;
  readonly unit: string;
  /** Counted ones; an odd number has a median that was measured. */
  readonly rounds: number;
  /** The ratio to reach, where one is set. */
  readonly target?: number;
  readonly peer: Side;
  readonly ours: Side;
}

export interface Side {
  readonly name: string;
  run(round: number): Promise<number>;
}

export interface PairResult {
  readonly peer: Spread;
  readonly ours: Spread;
  readonly ratio: Spread;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The job was done wrong. */
export class VoidRun extends Error {
  override readonly name = 'VoidRun';
}

/** Runs the pair, prints it, and returns the figures. A VoidRun is thrown on: it ends a bench that lets it, with 1. */
export async function comparePair(pair: Pair, print: (line: string) => void = console.log): Promise<PairResult> {
  const result = await measure(pair);
  for (const line of describe(pair, result)) print(line);
  return result;
}

async function measure({ peer, ours, rounds }: Pair): Promise<PairResult> {
  const rates = { peer: [] as number[], ours: [] as number[], ratio: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const peerRate = await peer.run(round);
    const oursRate = await ours.run(round);
    if (round === 0) continue;
    rates.peer.push(peerRate);
    rates.ours.push(oursRate);
    rates.ratio.push(oursRate / peerRate);
  }
  return { peer: spread(rates.peer), ours: spread(rates.ours), ratio: spread(rates.ratio) };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
  return { min: at(0), median: at(0.5), max: at(1) };
}

function describe({ title, unit, rounds, target, peer, ours }: Pair, result: PairResult): string[] {
  const width = Math.max(peer.name.length, ours.name.length, 'ratio'.length);
  const row = (name: string, { min, median, max }: Spread, digits: number): string =>
    `  ${name.padEnd(width)}  ${[min, median, max].map((value) => value.toFixed(digits).padStart(9)).join(' ')}`;
  return [
    `${title} (${unit}, ${rounds} rounds: min, median, max)`,
    row(peer.name, result.peer, 1),
    row(ours.name, result.ours, 1),
    `${row('ratio', result.ratio, 2)}${target === undefined ? '' : `   target ${target} ×`}`,
  ];
}
