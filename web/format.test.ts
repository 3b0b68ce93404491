import { expect, test } from 'vitest';
import { formatAge, formatCount, formatNumber, formatPoints, formatShare, ratio } from './format.ts';

test('[H17] numbers, shares and counts', () => {
  expect(formatNumber(1_204_332)).toBe('1,204,332');
  expect(formatShare(0.459)).toBe('45.9\u00a0%');
  expect(formatShare(1)).toBe('100.0\u00a0%');
  expect(formatShare(ratio(3, 0))).toBe('–');
  expect(formatCount(1, 'vote')).toBe('1\u00a0vote');
  expect(formatCount(2, 'voter has', 'voters have')).toBe('2\u00a0voters have');
  expect([formatPoints(0.0341), formatPoints(0.01), formatPoints(-0.02)]).toEqual([
    '3.4\u00a0points',
    '1.0\u00a0point',
    '2.0\u00a0points',
  ]);
});

test.each([
  [0, '0 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [3_599_000, '59 min ago'],
  [7_200_000, '2 h ago'],
  [200 * 3_600_000, '8 days ago'],
])('[H17] %i ms is %s', (ms, words) => {
  expect(formatAge(ms)).toBe(words);
});
