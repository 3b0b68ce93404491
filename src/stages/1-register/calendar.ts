/** Dates without times: a day is a number, 0 is 1970-01-01, and no time zone can move a birthday. */

const DAY_MS = 86_400_000;
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The day of `2026-11-03`; undefined for any other form, and for days that no calendar has. */
export function parseDay(text: string): number | undefined {
  if (!ISO_DATE.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // 30 February parses, as 2 March
  return new Date(ms).getUTCDate() === Number(text.slice(8)) ? ms / DAY_MS : undefined;
}

export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function today(nowMs: number = Date.now()): number {
  return Math.floor(nowMs / DAY_MS);
}

/** Whole years from one day to another. Who is born on 29 February has the birthday on 1 March in other years. */
export function ageOn(birth: number, day: number): number {
  const born = new Date(birth * DAY_MS);
  const now = new Date(day * DAY_MS);
  const years = now.getUTCFullYear() - born.getUTCFullYear();
  const months = now.getUTCMonth() - born.getUTCMonth();
  const hadBirthday = months > 0 || (months === 0 && now.getUTCDate() >= born.getUTCDate());
  return hadBirthday ? years : years - 1;
}

/** The first and the last day of birth, both inclusive, of those who are so old on `day`. */
export function birthDays(age: number, day: number): readonly [first: number, last: number] {
  return [lastBirth(age + 1, day) + 1, lastBirth(age, day)];
}

/** The last day on which one can be born to be at least so old: 29 February becomes 28 where there is none. */
function lastBirth(age: number, day: number): number {
  const now = new Date(day * DAY_MS);
  const year = now.getUTCFullYear() - age;
  const same = Date.UTC(year, now.getUTCMonth(), now.getUTCDate()) / DAY_MS;
  return new Date(same * DAY_MS).getUTCMonth() === now.getUTCMonth() ? same : same - 1;
}
