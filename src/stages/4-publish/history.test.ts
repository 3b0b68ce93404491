import { expect, test } from 'vitest';
import { createHistory, type HistoryPoint } from './history.ts';

function point(second: number, lines: number, votes: readonly number[] = [lines]): HistoryPoint {
  return { at: second * 1000, lines, counted: lines, contests: [{ valid: lines, votes }] };
}

test('[P5] the rate is of the last ten seconds', () => {
  const history = createHistory();
  for (let second = 0; second <= 60; second++)
    history.add(point(second, second < 50 ? second : 50 + (second - 50) * 200));
  expect(history.linesPerSecond(60_000)).toBe(200);
});

test('[P5] the rate falls to zero once nothing comes', () => {
  const history = createHistory();
  history.add(point(0, 0));
  history.add(point(1, 1000));
  expect(history.linesPerSecond(5_000)).toBe(200);
  expect(history.linesPerSecond(11_001)).toBe(0);
});

test('[P5] a burst after a long silence counts in the window alone', () => {
  const history = createHistory();
  history.add(point(0, 500));
  history.add(point(3600, 1500));
  expect(history.linesPerSecond(3_600_000)).toBe(100);
});

test('[P6] the history is bounded, goes on in time, and ends with the newest point', () => {
  const history = createHistory();
  for (let second = 0; second < 5000; second++) {
    history.add(point(second, second * 7));
    const { at, lines } = history.view();
    expect(at.length).toBeLessThanOrEqual(120);
    expect(at.at(-1)).toBe(second * 1000);
    expect(lines.at(-1)).toBe(second * 7);
  }
  const { at } = history.view();
  expect(at[0]).toBe(0);
  expect(at).toEqual(at.toSorted((one, other) => one - other));
  expect(at.length).toBeGreaterThan(50);
});

test('[P6] a clock that goes back does not turn the history around', () => {
  const history = createHistory();
  history.add(point(10, 1));
  history.add(point(5, 2));
  history.add(point(12, 3));
  const { at, lines } = history.view();
  expect(at).toEqual(at.toSorted((one, other) => one - other));
  expect(lines.at(-1)).toBe(3);
});

test('[P6] the lines of a chart are those of the four leaders of now', () => {
  const history = createHistory();
  history.add(point(0, 6, [3, 2, 1, 0, 0]));
  history.add(point(1, 60, [1, 9, 20, 15, 15]));
  expect(history.view().contests).toEqual([
    {
      valid: [6, 60],
      candidates: [2, 3, 4, 1],
      votes: [
        [1, 20],
        [0, 15],
        [0, 15],
        [2, 9],
      ],
    },
  ]);
});
