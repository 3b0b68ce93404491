import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRAMMAR, JAVA_GRAMMAR, linesOf } from '../../src/topics/ballots.ts';
import { ballotLines } from '../ballot-lines.ts';
import { hostileRecords } from '../hostile-records.ts';
import { smallElection } from '../small-election.ts';
import { corpusElection, truthCorpus } from '../truth-corpus.ts';

const JAVA = join(process.env['JAVA_HOME'] ?? '', process.env['JAVA_HOME'] === undefined ? '' : 'bin', 'java');
const PROGRAM = join(import.meta.dirname, 'JudgeLines.java');

/** Whether there is a Java that runs a program from its source. */
function canRun(): boolean {
  const { stdout } = spawnSync(JAVA, ['--list-modules'], { encoding: 'utf8' });
  if ((stdout ?? '').includes('jdk.compiler@')) return true;
  if (process.env['LIVETALLY_TEST_REAL'] === 'required') throw new Error('Java is missing, or has no compiler.');
  console.warn('SKIPPED: whether Java judges lines as JavaScript does: there is no java, or it has no compiler.');
  return false;
}

/** A sign a line: 1, 0, or S where the stack was too small. Lines are of latin1 text, one character a byte. */
function judgeInJava(pattern: string, lines: readonly string[]): string {
  const parts = [Buffer.from(pattern), ...lines.map((line) => Buffer.from(line, 'latin1'))];
  const input = Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
  const { stdout, stderr, status } = spawnSync(JAVA, [PROGRAM], { input, encoding: 'latin1', maxBuffer: 2 ** 24 });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}

function judge(lines: readonly string[]): string {
  return lines.map((line) => (GRAMMAR.test(line) ? '1' : '0')).join('');
}

/** As many turns of a loop as a line has room for. */
function fullLines(): string[] {
  const names = (most: number): string => Array.from({ length: most }, () => '"a"').join(',');
  const contests = (most: number): string =>
    Array.from({ length: most }, (_, at) => `"${at.toString(36)}":[]`).join(',');
  const line = (choices: string): string => `{"serial":1,"place":"n1","cohort":"18-64|f","choices":{${choices}}}`;
  return [line(`"mayor":[${names(1000)}]`), line(contests(480)), line(`${contests(240)},"mayor":[${names(500)}]`)];
}

describe.skipIf(!canRun())('[E8] the grammar as Java has it', () => {
  it.each<[string, () => string[]]>([
    ['hostile ones', hostileLines],
    ['full ones', fullLines],
    ['those of a corpus', corpusLines],
    ['ones that are a little off', () => fc.sample(ballotLines(smallElection()), { numRuns: 30_000, seed: 1 })],
  ])('takes the lines that the grammar takes, on a small stack: %s', (_what, make) => {
    const lines = make();
    const verdicts = judge(lines);
    expect(verdicts).toContain('1');
    const found = judgeInJava(JAVA_GRAMMAR, lines);
    const differing = lines.filter((_line, at) => found[at] !== verdicts[at]);
    expect(differing.map((line) => line.slice(0, 200))).toEqual([]);
    expect(found).toHaveLength(lines.length);
  });

  it('would overflow a small stack as JavaScript has it', () => {
    expect(judgeInJava(`${GRAMMAR.source.slice(0, -1)}\\z`, fullLines())).toContain('S');
  });
});

function hostileLines(): string[] {
  let serial = 0;
  return [...new Set(hostileRecords(() => serial++).flatMap(({ value }) => linesOf(value)))];
}

function corpusLines(): string[] {
  return [...truthCorpus(corpusElection('corpus'), 4, 30_000, 3).records].flatMap(({ lines }) =>
    lines.map((line) => Buffer.from(line).toString('latin1')),
  );
}
