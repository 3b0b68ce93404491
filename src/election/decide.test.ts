import { describe, expect, it } from 'vitest';
import { decide, type FoldRules } from './decide.ts';

const claim = { serial: 6, place: 'n1', cohort: 'f' };
const rules: FoldRules = {
  partitions: 2,
  closed: [100, 100],
  excludedRanges: [{ partition: 0, from: 10, to: 20 }],
  isExcluded: (serial) => serial === 8,
  unitOf: (serial) => (serial < 50 ? { place: 'n1', cohort: 'f' } : undefined),
  isSpent: (serial) => serial === 4 || serial === 8,
};

describe('decide', () => {
  it.each([
    ['excluded by offset, whatever the line', 10, undefined, 'excluded'],
    ['excluded by offset, the last', 19, claim, 'excluded'],
    ['behind the exclusion', 20, claim, 'counted'],
    ['late, whatever the line', 100, undefined, 'late'],
    ['the last in time', 99, claim, 'counted'],
    ['excluded by serial before it is a repeat', 0, { ...claim, serial: 8 }, 'excluded'],
    ['spent', 0, { ...claim, serial: 4 }, 'repeat'],
    ['the first of its serial', 0, claim, 'counted'],
  ])('[T2] [T3] [T4] %s', (_what, offset, line, outcome) => {
    expect(decide(rules, 0, offset, line)).toEqual({ outcome });
  });

  it.each([
    ['form', undefined],
    ['partition', { ...claim, serial: 51 }],
    ['unissued', { ...claim, serial: 52, place: 'n2' }],
    ['unit', { ...claim, place: 'n2' }],
    ['unit', { ...claim, cohort: 'm', serial: 8 }],
  ])('[T2] invalid by %s, in this order', (why, line) => {
    expect(decide(rules, 0, 0, line)).toEqual({ outcome: 'invalid', why });
  });
});
