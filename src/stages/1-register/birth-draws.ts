import type { AttributeValue } from '../../election/election.ts';
import type { Draws } from '../seeded-draws.ts';
import { birthDays, formatDay, parseDay } from './calendar.ts';
import { FIELD } from './person-fields.ts';

/** An age within a band, and a date of birth that gives it on the day of the election; neither for a band without ages. */
export type BirthDraws = (index: number, ages: AttributeValue['ages']) => Birth | undefined;

interface Birth {
  readonly age: number;
  /** ISO date. */
  readonly date: string;
}

const OLDEST = 104;
const AGES = 151; // an election file allows no band above 150

/** Ages are even within a band, and get fewer with the years in a band without an end. */
export function createBirthDraws(draws: Draws, electionDay: string): BirthDraws {
  const day = parseDay(electionDay);
  if (day === undefined) throw new RangeError(`${electionDay} is not an ISO date`);
  const daysOfAge = Array.from({ length: AGES }, (_, age) => birthDays(age, day));
  const dates = new Map<number, string>(); // one entry a day of 150 years at the most

  return (index, ages) => {
    if (ages === undefined) return undefined;
    const age = ageWithin(ages, draws.unit(index, FIELD.age));
    const [first, last] = daysOfAge[age]!;
    const born = first + draws.below(last - first + 1, index, FIELD.birth);
    let date = dates.get(born);
    if (date === undefined) dates.set(born, (date = formatDay(born)));
    return { age, date };
  };
}

function ageWithin([least, most]: readonly [number, number?], drawn: number): number {
  if (most !== undefined) return least + Math.floor((most - least + 1) * drawn);
  return least + Math.floor((Math.max(OLDEST, least) - least + 1) * drawn ** 2);
}
