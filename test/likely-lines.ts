import fc from 'fast-check';
import type { Election } from '../src/election/election.ts';
import type { IssuedRun } from '../src/election/roll.ts';
import { ballotLines } from './ballot-lines.ts';

/**
 * Mostly ballots of issued serials, many of them repeats with another choice, and all that is wrong with lines. Text in latin1,
 * one character a byte. The same seed gives the same lines.
 */
export function likelyLines(election: Election, runs: readonly IssuedRun[], lines: number, seed: number): string[] {
  const one = fc.oneof(
    { weight: 1, arbitrary: ballotLines(election) },
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom(...runs), fc.nat(4000), ballotLines(election)).map(([run, at, line]) => {
        const choices = /"choices":.*$/s.exec(line)?.[0] ?? '"choices":{}}';
        return `{"serial":${run[0] + (at % run[1])},"place":"${run[2]}","cohort":"${run[3]}",${choices}`;
      }),
    },
  );
  return fc.sample(one, { numRuns: lines, seed }).map((line) => line.replaceAll('\n', ' '));
}

/** The serial that a line seems to have; 0 if none. */
export function serialIn(line: string): number {
  return Number(/^\{"serial":(\d{1,10})/.exec(line)?.[1] ?? 0);
}
