import { quoted, type Path, type Problem } from './problem.ts';

/** Reading of values that nothing has checked yet: what is not as expected counts as absent. */

export function duplicateIds(list: readonly unknown[], path: Path, promise: string): Problem[] {
  return duplicates(
    list.map((item, at) => [idOf(item), [...path, at, 'id']]),
    promise,
  );
}

export function duplicates(
  ids: readonly (readonly [id: string | undefined, path: Path])[],
  promise: string,
  what = 'an id that',
): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [id, path] of ids) {
    if (id === undefined) continue;
    if (seen.has(id)) problems.push({ path, found: `${quoted(id)} again`, expected: `${what} ${promise}` });
    seen.add(id);
  }
  return problems;
}

export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

export function items(value: unknown, key: string): readonly unknown[] {
  const list = field(value, key);
  return Array.isArray(list) ? list : [];
}

export function idOf(value: unknown): string | undefined {
  const id = field(value, 'id');
  return typeof id === 'string' ? id : undefined;
}
