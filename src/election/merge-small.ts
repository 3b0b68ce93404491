import { sumFigures, type Figures } from './figures.ts';
import { shown, suppressed, type ShownRow, type ShownRows } from './shown-row.ts';

/** A row among its siblings; the rows inside it add up to it. */
export interface NestedRow {
  readonly value: string;
  readonly figures: Figures;
  readonly rows: readonly NestedRow[];
}

/**
 * Siblings of fewer than k ballots become one merged row. Its smallest larger siblings join until it has two members
 * and k ballots: with one member, parent minus the others would tell it. What is inside a merged row is not shown.
 */
export function mergeSmall(forest: readonly NestedRow[], k: number): ShownRows {
  const rows: ShownRow[] = [];
  const hidden: string[][] = [];

  function show(siblings: readonly NestedRow[]): void {
    const group = smallGroup(siblings, k);
    for (const row of siblings) {
      if (group.has(row)) continue;
      rows.push(shown(row.value, row.figures));
      show(row.rows);
    }
    if (group.size === 0) return;
    rows.push(...heldBack([...group], k));
    for (const row of group) hidden.push(...leavesOf(row).map((leaf) => [leaf.value]));
  }

  show(forest);
  return { rows, hidden };
}

function smallGroup(siblings: readonly NestedRow[], k: number): ReadonlySet<NestedRow> {
  const bySize = [...siblings].sort((one, other) => one.figures.counted - other.figures.counted);
  const group = new Set<NestedRow>();
  let ballots = 0;
  for (const row of bySize) {
    const enough = row.figures.counted >= k && (group.size === 0 || (group.size > 1 && ballots >= k));
    if (enough) break;
    group.add(row);
    ballots += row.figures.counted;
  }
  return group;
}

/** One merged row, or, where even together they are fewer than k, each suppressed. */
function heldBack(group: readonly NestedRow[], k: number): ShownRow[] {
  const figures = sumFigures(group.map((row) => row.figures));
  if (group.length > 1 && figures.counted >= k) {
    return [{ state: 'merged', values: group.map((row) => row.value), ...figures }];
  }
  return group.map((row) => suppressed(row.value, row.figures));
}

function leavesOf(row: NestedRow): readonly NestedRow[] {
  return row.rows.length === 0 ? [row] : row.rows.flatMap(leavesOf);
}
