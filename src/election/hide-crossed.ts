import type { Figures } from './figures.ts';
import { shown, suppressed, type ShownRows } from './shown-row.ts';

/** A row of a breakdown by several factors: `US-CA/25-34|f` has the parts US-CA, 25-34 and f. */
export interface CrossedRow {
  readonly value: string;
  readonly parts: readonly string[];
  readonly figures: Figures;
}

/**
 * Where factors cross, a single hidden cell follows from the margins of its row and its column. So whole slabs (all
 * rows of one value of the first factor) are suppressed, and enough of them that every column of hidden cells adds up
 * to k, which one slab with a cell under k never does: so each hidden cell can trade ballots with three others and no
 * margin moves.
 */
export function hideCrossed(rows: readonly CrossedRow[], k: number, unsafe: (row: CrossedRow) => boolean): ShownRows {
  const slabs = Map.groupBy(rows, (row) => row.parts[0]!);
  const hidden = new Set<string>();
  for (const [value, slab] of slabs) {
    if (slab.some((row) => row.figures.counted < k || unsafe(row))) hidden.add(value);
  }
  const others = [...slabs.keys()].filter((value) => !hidden.has(value));
  others.sort((one, other) => ballotsOf(slabs.get(one)!) - ballotsOf(slabs.get(other)!));
  while (hidden.size > 0 && others.length > 0 && !protects(slabs, hidden, k)) hidden.add(others.shift()!);

  return {
    rows: rows.map(({ value, parts, figures }) =>
      hidden.has(parts[0]!) ? suppressed(value, figures) : shown(value, figures),
    ),
    hidden: rows.filter(({ parts }) => hidden.has(parts[0]!)).map(({ parts }) => parts),
  };
}

function protects(slabs: ReadonlyMap<string, readonly CrossedRow[]>, hidden: ReadonlySet<string>, k: number): boolean {
  const columns = new Map<string, number>();
  for (const value of hidden) {
    for (const { parts, figures } of slabs.get(value)!) {
      const column = parts.slice(1).join('/');
      columns.set(column, (columns.get(column) ?? 0) + figures.counted);
    }
  }
  return [...columns.values()].every((ballots) => ballots >= k);
}

function ballotsOf(slab: readonly CrossedRow[]): number {
  return slab.reduce((sum, row) => sum + row.figures.counted, 0);
}
