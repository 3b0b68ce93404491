import type { Figures } from './figures.ts';

/** A row of a breakdown as it may be shown. */
export type ShownRow =
  | ({ readonly state: 'shown'; readonly value: string } & Figures)
  | ({ readonly state: 'merged'; readonly values: readonly string[] } & Figures)
  | { readonly state: 'suppressed'; readonly value: string; readonly eligible: number };

/** Rows of one breakdown, and what of it is held back: by row, its value of each factor. */
export interface ShownRows {
  readonly rows: readonly ShownRow[];
  readonly hidden: readonly (readonly string[])[];
}

export function shown(value: string, figures: Figures): ShownRow {
  return { state: 'shown', value, ...figures };
}

export function suppressed(value: string, figures: Figures): ShownRow {
  return { state: 'suppressed', value, eligible: figures.eligible };
}
