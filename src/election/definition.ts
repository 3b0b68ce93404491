import type { z } from 'zod';
import { LivetallyError } from '../error.ts';
import { didYouMean } from './did-you-mean.ts';
import { checkElection } from './election-checks.ts';
import { electionSchema, KNOWN_KEYS } from './election-schema.ts';
import type { Election } from './election.ts';
import { foundText, pathText, quoted, type Path, type Problem } from './problem.ts';
import { readYaml, type PlacedProblem, type YamlSource } from './yaml-source.ts';

const FILE_BYTES = 5 * 1024 * 1024;
/** More lines than a person reads at a time; it also bounds the time that finding their places takes. */
const PROBLEMS_SHOWN = 100;

/**
 * The election that a file says, with its defaults filled in. Throws LT_ELECTION_FILE with everything that is wrong,
 * one `file:line:column: path: found …, expected …` a line, in the order of the file.
 */
export function parseElection(text: string, fileName: string): Election {
  const bytes = Buffer.byteLength(text);
  if (bytes > FILE_BYTES) {
    throw refusal(fileName, [
      { line: 1, column: 1, path: [], found: `${bytes} bytes`, expected: `at most ${FILE_BYTES}: pictures as files` },
    ]);
  }
  const source = readYaml(text);
  if (source.value === undefined && source.problems.length > 0) throw refusal(fileName, source.problems);

  const parsed = electionSchema.safeParse(source.value);
  const formal = parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  const problems = [...formal, ...checkElection(source.value)];
  if (parsed.success && problems.length === 0 && source.problems.length === 0) return parsed.data;
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => placed(source, problem));
  const unshown = problems.length - shown.length;
  throw refusal(fileName, inFileOrder([...source.problems, ...shown]), unshown);
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code !== 'unrecognized_keys') return [{ path, expected: issue.message }];
  const known = KNOWN_KEYS[mappingName(path)] ?? [];
  return issue.keys.map((key) => {
    const near = didYouMean(key, known);
    const expected = near === undefined ? `one of the keys ${known.join(', ')}` : `a known key; did you mean ${near}?`;
    return { path: [...path, key], atKey: true, found: `the key ${quoted(key)}`, expected };
  });
}

/** The key that a mapping stands under: `candidates` for `contests[0].candidates[2]`. */
function mappingName(path: Path): string {
  return path.findLast((part) => typeof part === 'string') ?? '';
}

function placed(source: YamlSource, problem: Problem): PlacedProblem {
  if (problem.found !== undefined) return source.place(problem);
  return source.place({ ...problem, found: foundText(valueAt(source.value, problem.path)) });
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[part] : undefined,
    value,
  );
}

/** One line for a place and path: the first thing wrong with a value is the one to correct. */
function inFileOrder(problems: readonly PlacedProblem[]): PlacedProblem[] {
  const sorted = [...problems].sort((left, right) => left.line - right.line || left.column - right.column);
  const seen = new Set<string>();
  return sorted.filter((problem) => {
    const key = `${problem.line}:${problem.column}:${pathText(problem.path)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function refusal(fileName: string, problems: readonly PlacedProblem[], unshown = 0): LivetallyError {
  const lines = problems.slice(0, PROBLEMS_SHOWN).map((problem) => {
    const path = problem.path.length === 0 ? '' : `${pathText(problem.path)}: `;
    return `${fileName}:${problem.line}:${problem.column}: ${path}found ${problem.found}, expected ${problem.expected}`;
  });
  const more = unshown + problems.length - lines.length;
  if (more > 0) lines.push(`… and ${more} more`);
  return new LivetallyError('LT_ELECTION_FILE', lines.join('\n'), {
    next: 'Correct the file where each line says. `livetally init` writes an example to start from.',
  });
}
