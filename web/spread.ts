/** Moves heights apart until neighbours are `step` from each other, keeping their order; for labels at the ends of lines. */
export function spread(heights: readonly number[], step: number): number[] {
  const order = heights.map((height, index) => ({ height, index })).sort((one, other) => one.height - other.height);
  for (let at = 1; at < order.length; at++) {
    const [above, here] = [order[at - 1]!, order[at]!];
    here.height = Math.max(here.height, above.height + step);
  }
  // What was pushed below the lowest line goes back up as far as it can.
  let floor = Math.max(...heights, 0);
  for (const here of order.toReversed()) {
    here.height = Math.min(here.height, floor);
    floor = here.height - step;
  }
  const spaced: number[] = [];
  for (const { height, index } of order) spaced[index] = height;
  return spaced;
}
