import { expect, test } from 'vitest';
import type { Election } from '../../election/election.ts';
import type { Registration } from '../../topics/voters.ts';
import { loadNameLists } from './name-lists.ts';
import { createPeople } from './people.ts';
import { seededSource } from './seeded-people.ts';

const DAY = '2026-11-03';
const lists = await loadNameLists();
const election: Election = {
  id: 'demo',
  title: 'Demo',
  contests: [],
  places: [
    {
      id: 'US',
      name: 'United States',
      places: [
        { id: 'US-CA', name: 'California', population: 3000 },
        { id: 'US-VT', name: 'Vermont', population: 1000 },
        { id: 'US-XX', name: 'Nobody', population: 0 },
      ],
    },
  ],
  cohorts: [
    {
      id: 'age',
      name: 'Age',
      values: [
        { id: '18-24', name: '18 to 24', ages: [18, 24], share: 1 },
        { id: '25+', name: '25 and over', ages: [25], share: 2 },
        { id: 'unknown', name: 'Not stated', share: 1 },
      ],
    },
    {
      id: 'sex',
      name: 'Sex',
      values: [
        { id: 'f', name: 'Female', share: 0.5 },
        { id: 'm', name: 'Male', share: 0.4 },
        { id: 'x', name: 'Not stated', share: 0.1 },
      ],
    },
  ],
  breakdowns: [['place'], ['cohort']],
  results: 'all',
  k: 0,
  simulation: { turnout: 1, repeats: 0, malformed: 0, lean: 0 },
};
const COUNT = 8000;
const people = createPeople(election, 7, DAY, lists);
const crowd = Array.from({ length: COUNT }, (_, index) => people.person(index));

function share(of: (person: Registration) => boolean): number {
  return crowd.filter(of).length / COUNT;
}

function ageByText(birth: string): number {
  return Number(DAY.slice(0, 4)) - Number(birth.slice(0, 4)) - (DAY.slice(5) < birth.slice(5) ? 1 : 0);
}

test('[R7] person i is the same in any order, and another with another seed', () => {
  const again = createPeople(structuredClone(election), '7', DAY, lists);
  for (const index of [7999, 0, 41]) expect(again.person(index)).toEqual(crowd[index]);
  const other = createPeople(election, 8, DAY, lists);
  expect([0, 1, 2, 3].filter((index) => other.person(index).name === crowd[index]!.name).length).toBeLessThan(2);
});

test('[R7] each person has the whole profile', () => {
  for (const person of crowd.slice(0, 500)) {
    const { dateOfBirth, registeredAge, ...stated } = person;
    for (const [field, value] of Object.entries(stated)) expect(value, field).not.toBe(undefined);
    for (const value of Object.values(person.address!)) expect(value).toMatch(/\S/);
    expect(person.cohort.startsWith('unknown')).toBe(dateOfBirth === undefined && registeredAge === undefined);
    expect(person).toMatchObject({ source: 'people:7', nationality: 'US', address: { country: 'United States' } });
  }
});

test('[R7] registration numbers are unique, across seeds too', () => {
  const others = createPeople(election, 8, DAY, lists);
  const numbers = crowd.flatMap(({ registrationNumber, index }) => [
    registrationNumber,
    others.person(index).registrationNumber,
  ]);
  expect(new Set(numbers).size).toBe(2 * COUNT);
});

test('[R7] the age is that of the date of birth on the day of the election, and lies in the band of the cohort', () => {
  const ages = new Set<number>();
  for (const { cohort, dateOfBirth, registeredAge } of crowd) {
    if (dateOfBirth === undefined) continue;
    expect(ageByText(dateOfBirth)).toBe(registeredAge);
    expect(registeredAge! >= 25 ? '25+' : '18-24').toBe(cohort.split('|')[0]);
    expect(registeredAge).toBeGreaterThanOrEqual(18);
    ages.add(registeredAge!);
  }
  for (let age = 18; age < 90; age++) expect(ages.has(age), `age ${age}`).toBe(true);
});

test('[R7] gender and given name are those of the cohort; who does not state a sex states no gender', () => {
  for (const { cohort, gender, name } of crowd) {
    const sex = cohort.split('|')[1]!;
    expect(gender).toBe({ f: 'female', m: 'male', x: 'not stated' }[sex]);
    const given = { f: lists.female, m: lists.male, x: lists.generic }[sex]!;
    expect(given.some((first) => name.startsWith(`${first} `))).toBe(true);
  }
});

test('[R7] places come by population, cohorts by share; nobody lives where the population is 0', () => {
  expect(Math.abs(share(({ place }) => place === 'US-CA') - 0.75)).toBeLessThan(0.03);
  expect(Math.abs(share(({ place }) => place === 'US-VT') - 0.25)).toBeLessThan(0.03);
  expect(Math.abs(share(({ cohort }) => cohort.startsWith('25+')) - 0.5)).toBeLessThan(0.03);
  expect(Math.abs(share(({ cohort }) => cohort.endsWith('|m')) - 0.4)).toBeLessThan(0.03);
  expect(Math.abs(share(({ cohort, place }) => cohort === '18-24|f' && place === 'US-CA') - 0.09375)).toBeLessThan(
    0.03,
  );
});

test('[R7] mail goes to reserved domains, telephones are fictional, a picture is a local path', () => {
  for (const { email, phone, mobile, picture } of crowd) {
    expect(email).toMatch(/^[a-z]+\.[a-z]+\.\d+@example\.(com|net|org)$/);
    for (const number of [phone, mobile]) expect(number).toMatch(/^\+1 [2-9][2-8]\d-555-01\d\d$/);
    expect(picture).toMatch(/^portraits\/[0-9a-f]{8}\.svg$/);
  }
});

test('[R7] an election without weights, attributes or known countries has people too', () => {
  const places = ['hill', 'dale'].map((id) => ({ id, name: id }));
  const plain = createPeople({ ...election, places, cohorts: [] }, 1, DAY, lists);
  const some = Array.from({ length: 400 }, (_, index) => plain.person(index));
  expect(new Set(some.map(({ place }) => place))).toEqual(new Set(['hill', 'dale']));
  for (const person of some) {
    expect(person).toMatchObject({ cohort: 'all', nationality: person.place });
    expect(ageByText(person.dateOfBirth!)).toBeGreaterThanOrEqual(18);
  }
});

test('[R7] a source gives its people in order, in batches, from anywhere', async () => {
  const source = seededSource(people, 25);
  expect([source.id, source.people]).toEqual(['people:7', 25]);
  const batches: number[][] = [];
  for await (const batch of source.batches(3, 10)) batches.push(batch.map(({ index }) => index));
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 2]);
  expect(batches.flat()).toEqual(Array.from({ length: 22 }, (_, at) => at + 3));
});
