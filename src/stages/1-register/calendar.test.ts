import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageOn, birthDays, formatDay, parseDay } from './calendar.ts';

const days = fc.integer({ min: -40_000, max: 60_000 });

/** Age by comparing the digits of ISO dates. */
function ageByText(birth: string, day: string): number {
  return Number(day.slice(0, 4)) - Number(birth.slice(0, 4)) - (day.slice(5) < birth.slice(5) ? 1 : 0);
}

test('[R6] a day and its ISO date are one and the same', () => {
  fc.assert(fc.property(days, (day) => parseDay(formatDay(day)) === day));
});

test.each(['2026-02-30', '2025-02-29', '2026-13-01', '26-01-01', '2026-1-1', '01.02.2026', '', '2026-01-01T00:00'])(
  '[R6] %j is not a date',
  (text) => expect(parseDay(text)).toBeUndefined(),
);

test('[R6] age counts birthdays', () => {
  fc.assert(fc.property(days, days, (birth, day) => ageOn(birth, day) === ageByText(formatDay(birth), formatDay(day))));
  expect(ageOn(parseDay('2008-02-29')!, parseDay('2026-02-28')!)).toBe(17);
  expect(ageOn(parseDay('2008-02-29')!, parseDay('2026-03-01')!)).toBe(18);
});

test('[R6] the days of birth of an age are those and no others, leap days included', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120 }), days, (age, day) => {
      const [first, last] = birthDays(age, day);
      expect([first - 1, first, last, last + 1].map((birth) => ageOn(birth, day))).toEqual([
        age + 1,
        age,
        age,
        age - 1,
      ]);
    }),
    { examples: [[18, parseDay('2028-02-29')!], [18, parseDay('2026-02-28')!], [20, parseDay('2028-02-29')!]] }, // prettier-ignore
  );
});
