import type { ComparedFigure, Comparison } from './compare.ts';

/** More than a person reads; `--json` has all of them. */
const DIFFERENCES_SHOWN = 40;

const HEADER = ['row', 'contest', 'figure', 'expected', 'obtained', 'off', 'may be off', 'source'];

/** The totals as a table, what differs, and one line that sums up. */
export function comparisonText(comparison: Comparison): string {
  const { counts, differences } = comparison;
  const parts = [table(comparison.totals)];
  if (differences.length > 0) parts.push(`Differences:\n${table(differences.slice(0, DIFFERENCES_SHOWN))}`);
  if (differences.length > DIFFERENCES_SHOWN) parts.push(`… and ${differences.length - DIFFERENCES_SHOWN} more`);
  parts.push(
    `${grouped(counts.figures)} official figures: ${grouped(counts.exact)} exact, ` +
      `${grouped(counts.withinTolerance)} off by no more than their source rounds, ` +
      `${differences.length === 0 ? 'none differs' : `${grouped(differences.length)} DIFFER`}.`,
  );
  return parts.join('\n\n');
}

function table(figures: readonly ComparedFigure[]): string {
  const rows = [HEADER, ...figures.map(cells)];
  const widths = HEADER.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, column, widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(figure: ComparedFigure): string[] {
  const { expected, obtained, padding } = figure;
  const off = obtained === undefined ? 'no such row' : obtained - expected;
  return [
    figure.row,
    figure.contest ?? '',
    figure.candidate ??
      figure.figure + (padding === undefined || padding === 0 ? '' : ` (${grouped(padding)} padding)`),
    grouped(expected),
    obtained === undefined ? '-' : grouped(obtained),
    off === 0 ? '' : String(off),
    figure.tolerance === 0 ? '' : String(figure.tolerance),
    figure.source,
  ];
}

/** Numbers stand at the right of their column. */
function pad(cell: string, column: number, width: number): string {
  return column >= 3 && column <= 6 ? cell.padStart(width) : cell.padEnd(width);
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
