/** Where in an election file, from the top: keys and list indexes. */
export type Path = readonly (string | number)[];

/** Something wrong in an election file, before its line and column are known. */
export interface Problem {
  readonly path: Path;
  /** Absent: the value that stands there says it. */
  readonly found?: string;
  readonly expected: string;
  /** Point at the key, not at its value. */
  readonly atKey?: boolean;
}

/** `contests[0].candidates[2].colour` */
export function pathText(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text.startsWith('.') ? text.slice(1) : text;
}

/** A value in a few words: `"blue"`, `the number 7`, `a list`. */
export function foundText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return `the value ${value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return 'a mapping';
}

const SHOWN = 60;

export function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
