import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { quoted, type Path, type Problem } from './problem.ts';

/** A problem with its place in the text; lines and columns from 1. */
export interface PlacedProblem {
  readonly line: number;
  readonly column: number;
  /** Empty where the text is no YAML at all. */
  readonly path: Path;
  readonly found: string | undefined;
  readonly expected: string;
}

/** Text read as YAML, and where each value stands in it. */
export interface YamlSource {
  readonly value: unknown;
  /** What YAML itself, or the plain YAML that election files are written in, refuses. */
  readonly problems: readonly PlacedProblem[];
  place(problem: Problem): PlacedProblem;
}

/**
 * Reads plain YAML 1.2: no anchors and aliases, since a few lines of them unfold to gigabytes, and no tags.
 * Nothing is thrown; a text that is not YAML has problems and the value undefined.
 */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const none = (problems: readonly PlacedProblem[]): YamlSource => ({
    value: undefined,
    problems,
    place: (problem) => ({ ...at(0), path: problem.path, found: problem.found, expected: problem.expected }),
  });

  // Two keys of one name are looked for in `plainOnly`: the parser's own search takes the square of their number.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const broken = [...document.errors, ...document.warnings];
  // The parser ran out of stack, and says so once for every bracket.
  if (broken.some((error) => error.code === 'RESOURCE_EXHAUSTION')) {
    return none([{ ...at(0), path: [], found: 'brackets nested hundreds deep', expected: 'an election' }]);
  }
  if (broken.length > 0) {
    return none(
      broken.map((error) => ({
        ...at(error.pos[0]),
        path: [],
        found: snippet(text, error.pos[0]),
        expected: `YAML: ${error.message}`,
      })),
    );
  }
  const refused = plainOnly(document).map(({ offset, ...problem }) => ({ ...at(offset), path: [], ...problem }));
  if (refused.some((problem) => problem.fatal)) return none(refused);
  return {
    value: document.toJS() as unknown,
    problems: refused,
    place: (problem) => ({
      ...at(offsetOf(document.contents, problem)),
      path: problem.path,
      found: problem.found,
      expected: problem.expected,
    }),
  };
}

interface Refused {
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
  /** The value would not be what the text seems to say. */
  readonly fatal: boolean;
}

function plainOnly(document: Document.Parsed): Refused[] {
  const refused: Refused[] = [];
  const refuse = (node: unknown, found: string, expected: string, fatal: boolean): void => {
    refused.push({ offset: startOf(node) ?? 0, found, expected, fatal });
  };
  visit(document, {
    Alias: (_, alias) => refuse(alias, `the alias *${alias.source}`, 'the value itself: aliases are not read', true),
    Map: (_, map) => {
      const keys = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) refuse(key ?? map, 'a list or mapping as a key', 'a key that is one word', true);
        else if (keys.has(String(key.value))) refuse(key, `${quoted(String(key.value))} again`, 'each key once', false);
        else keys.add(String(key.value));
      }
    },
  });
  return refused;
}

/** The offset of the value at a path; of what would hold it, where it is missing. */
function offsetOf(root: unknown, problem: Problem): number {
  let node = root;
  let offset = startOf(root) ?? 0;
  for (const [depth, part] of problem.path.entries()) {
    const last = depth === problem.path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return offset;
      node = last && problem.atKey === true ? pair.key : (pair.value ?? pair.key);
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
    }
    offset = startOf(node) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function snippet(text: string, offset: number): string {
  const line = text
    .slice(offset, offset + 200)
    .split('\n', 1)[0]!
    .trim();
  return line === '' ? 'the end of the line' : quoted(line);
}
