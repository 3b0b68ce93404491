import type { HistoryView } from '../src/stages/4-publish/view.ts';

/** Ballot lines a second between each two points of the history. */
export function ratesOf({ at, lines }: Pick<HistoryView, 'at' | 'lines'>): { at: number; perSecond: number }[] {
  return at.slice(1).flatMap((until, index) => {
    const ms = until - at[index]!;
    return ms <= 0 ? [] : [{ at: until, perSecond: (Math.max(0, lines[index + 1]! - lines[index]!) * 1000) / ms }];
  });
}
