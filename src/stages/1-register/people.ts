import type { AttributeValue, Election } from '../../election/election.ts';
import type { Registration } from '../../topics/voters.ts';
import { createDraws, type Draws } from '../seeded-draws.ts';
import { createBirthDraws } from './birth-draws.ts';
import { cohortMeaning, genderOf } from './cohort-meaning.ts';
import { addressAt, homesOf, phoneAt } from './home-draws.ts';
import type { NameLists } from './name-lists.ts';
import { FIELD } from './person-fields.ts';
import { cohortOf, createUnitDraws } from './unit-draws.ts';

/** Invented people: person `index` is a pure function of the election, its day, the seed and the index. */
export interface People {
  /** `people:7` */
  readonly source: string;
  /** The whole profile. What the cohort does not state (age, sex), the profile does not state either. */
  person(index: number): Registration;
}

const MAIL_DOMAINS = ['example.com', 'example.net', 'example.org']; // reserved by RFC 2606: mail to them reaches nobody
const VOTING_AGE = 18; // where the election does not ask for the age

/** `electionDay` is an ISO date. */
export function createPeople(election: Election, seed: string | number, electionDay: string, lists: NameLists): People {
  const draws = createDraws(seed);
  const units = createUnitDraws(election, draws);
  const { ageAt, sexAt } = cohortMeaning(election);
  const homes = homesOf(election, draws, lists);
  const birthAt = createBirthDraws(draws, electionDay);
  const source = `people:${seed}`;
  const tag = seedTag(draws);

  function person(index: number): Registration {
    const values = units.values(index);
    const home = homes[units.place(index)]!;
    const gender = genderAt(draws, index, values[sexAt]);
    const first = drawFrom(givenNames(lists, gender), draws, index, FIELD.first);
    const last = drawFrom(lists.last, draws, index, FIELD.last);
    const birth = birthAt(index, ageAt === -1 ? [VOTING_AGE] : values[ageAt]!.ages);
    return {
      source,
      index,
      place: home.place,
      cohort: cohortOf(values),
      registrationNumber: `${tag}-${String(index + 1).padStart(8, '0')}`,
      name: `${first} ${last}`,
      dateOfBirth: birth?.date,
      gender,
      nationality: home.nationality,
      address: addressAt(draws, index, home, lists),
      email: `${mailPart(first)}.${mailPart(last)}.${index + 1}@${drawFrom(MAIL_DOMAINS, draws, index, FIELD.domain)}`,
      phone: phoneAt(draws, index, FIELD.phone),
      mobile: phoneAt(draws, index, FIELD.mobile),
      picture: `portraits/${hex(draws.below(2 ** 32, index, FIELD.picture))}.svg`,
      registeredAge: birth?.age,
    };
  }

  return { source, person };
}

/** Four letters of the seed before the number of the person: two seeds can be registered in one election. */
function seedTag(draws: Draws): string {
  return draws
    .below(2 ** 20, 0, FIELD.tag)
    .toString(32)
    .toUpperCase()
    .padStart(4, '0');
}

function genderAt(draws: Draws, index: number, sex: AttributeValue | undefined): string {
  if (sex !== undefined) return genderOf(sex);
  return draws.below(2, index, FIELD.gender) === 0 ? 'female' : 'male';
}

function givenNames(lists: NameLists, gender: string): readonly string[] {
  if (gender === 'female') return lists.female;
  return gender === 'male' ? lists.male : lists.generic;
}

function drawFrom(list: readonly string[], draws: Draws, index: number, field: number): string {
  return list[draws.below(list.length, index, field)]!;
}

function mailPart(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}

function hex(number: number): string {
  return number.toString(16).padStart(8, '0');
}
