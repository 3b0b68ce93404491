import fc from 'fast-check';
import type { Election } from '../src/election/election.ts';
import { ballotLine } from '../src/topics/ballots.ts';
import type { Serial } from '../src/election/ids.ts';
import { ballotSpace } from '../src/election/space.ts';

/** Ballot lines: canonical ones, ones a little off, and worse. Text in latin1, one character a byte. */
export function ballotLines(election: Election): fc.Arbitrary<string> {
  const good = canonicalLines(election);
  return fc.oneof(
    { weight: 6, arbitrary: good },
    { weight: 3, arbitrary: fc.tuple(good, mutations()).map(([line, mutate]) => mutate(line)) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_LINES) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 60 }).map((text) => text.replaceAll('\n', ' ')),
    },
  );
}

export function canonicalLines(election: Election): fc.Arbitrary<string> {
  const space = ballotSpace(election);
  const id = fc.oneof(
    fc.constantFrom('zed', '__proto__', '1', '0', 'x'.repeat(64)),
    fc.stringMatching(/^[A-Za-z0-9._|+-]{1,64}$/),
  );
  const list = (names: readonly string[]): fc.Arbitrary<string[]> =>
    fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: id }), {
      maxLength: 3,
    });
  const choices = fc
    .tuple(fc.shuffledSubarray(election.contests.map((contest) => contest.id)), fc.array(id, { maxLength: 2 }))
    .map(([known, strange]) => [...new Set([...known, ...strange])]);
  return fc
    .tuple(
      fc.oneof(fc.nat(5000), fc.integer({ min: 0, max: 0xffff_ffff })),
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...space.places) }, { weight: 1, arbitrary: id }),
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...space.cohorts) }, { weight: 1, arbitrary: id }),
      choices.chain((ids) =>
        fc.tuple(
          ...ids.map((contest) => {
            const known = election.contests.find(({ id }) => id === contest);
            return list(known?.candidates.map((candidate) => candidate.id) ?? ['zed']).map(
              (names): [string, string[]] => [contest, names],
            );
          }),
        ),
      ),
    )
    .map(([serial, place, cohort, lists]) => ballotLine(serial as Serial, place, cohort, lists));
}

type Mutation = (line: string) => string;

function mutations(): fc.Arbitrary<Mutation> {
  return fc.oneof(
    fc.nat().map(
      (at): Mutation =>
        (line) =>
          line.slice(0, at % line.length),
    ),
    fc.tuple(fc.nat(), fc.constantFrom(...' "{}[],:\\0\r\x00é')).map(
      ([at, sign]): Mutation =>
        (line) =>
          `${line.slice(0, at % line.length)}${sign}${line.slice(at % line.length)}`,
    ),
    fc.tuple(fc.nat(), fc.constantFrom(...'"{}[],:0aZ\t\xff')).map(
      ([at, sign]): Mutation =>
        (line) =>
          `${line.slice(0, at % line.length)}${sign}${line.slice((at % line.length) + 1)}`,
    ),
    fc.constantFrom<Mutation>(
      (line) => `${line}\r`,
      (line) => `\xef\xbb\xbf${line}`,
      (line) => `${line} `,
      (line) => line.replace(/"serial":\d+/, '"serial":4294967296'),
      (line) => line.replace(/"serial":\d+/, '"serial":1e3'),
      (line) => line.replace(/"serial":/, '"serial":0'),
      (line) => line.replace(/"serial":/, '"serial":-'),
      (line) => line.replace(/"choices":\{/, '"choices":{"mayor":["ann"],'),
      (line) => line.replace(/\}\}$/, ',"mayor":[]}}'),
      (line) => line.replace(/"place"/, '"place":"n1","place"'),
      (line) => line.replace(/mayor/, 'm\\u0061yor'),
      (line) => `${line.slice(0, -1)},"note":"${'x'.repeat(4100)}"}`,
      (line) => line + line,
    ),
  );
}

const MANY = Array.from({ length: 800 }, (_, at) => `"c${at}":[]`).join(',');
const ODD_LINES = [
  '',
  '{}',
  '\r',
  'null',
  '{"serial":1,"place":"n1","cohort":"18-64|f","choices":{}}',
  '{"serial":1,"place":"n1","cohort":"18-64|f","choices":{}',
  '{"serial":1,"place":"n1","cohort":"18-64|f","choices":{"mayor":["ann"]}}}',
  '{"serial":1,"place":"n1","cohort":"18-64|f","choices":{"mayor":["ann"],"mayor":["bob"]}}',
  '{"serial":1,"place":"n1","cohort":"18-64|f","choices":{"zed":[],"mayor":[],"zed":[]}}',
  '{"serial": 1,"place":"n1","cohort":"18-64|f","choices":{}}',
  '{"place":"n1","serial":1,"cohort":"18-64|f","choices":{}}',
  `{"serial":1,"place":"n1","cohort":"18-64|f","choices":{${MANY}}}`,
  `{"serial":1,"place":"n1","cohort":"18-64|f","choices":{"mayor":[${'"ann",'.repeat(600)}"ann"]}}`,
  `{"serial":1,"place":"n1","cohort":"18-64|f","choices":{"mayor":[${'"ann",'.repeat(700)}"ann"]}}`,
  '{"serial":1,"place":"n1","cohort":"18-64|f","choices":'.padEnd(4090, '{'),
];
