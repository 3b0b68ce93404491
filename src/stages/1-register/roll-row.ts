import type { Attribute, AttributeValue, Election } from '../../election/election.ts';
import { ballotSpace, leaves } from '../../election/space.ts';
import type { Address, Registration } from '../../topics/voters.ts';
import { ageOn, parseDay } from './calendar.ts';
import { cohortMeaning, genderOf, isAged, isNotStated, type CohortMeaning } from './cohort-meaning.ts';
import { columnsOfAttributes, type RollColumns } from './roll-columns.ts';
import { cohortOf } from './unit-draws.ts';

/** Why a row of a roll is refused, and what the report says. */
export const REFUSALS = {
  'missing-column': 'the row has more or fewer fields than the header',
  'missing-value': 'registration number, name or place is empty',
  'too-long': 'a field is too long: 64 characters for a registration number, 300 for others',
  'bad-character':
    'a character that does not belong there: control characters, or commas and quotes in a registration number',
  'unknown-place': 'no such place in the election, or it has places inside',
  'unknown-cohort': 'no such cohort in the election, or no age band or value for it',
  'bad-date': 'not a date such as 2001-12-31, or not a number of years',
  'age-contradiction': 'date of birth, age and cohort contradict each other on the day of the election',
  'under-age': 'younger than the youngest age band on the day of the election',
  duplicate: 'the registration number is there already: further up in the file, or registered before',
} as const;
export type RefusalReason = keyof typeof REFUSALS;

/** A person of a roll, before it is known whether somebody else has the registration number. */
export type RollPerson = Omit<Registration, 'source' | 'index'>;
export type RowReader = (fields: readonly string[]) => RollPerson | RefusalReason;

const LONGEST_NUMBER = 64;
const LONGEST_FIELD = 300;
const OLDEST = 150;
/** Safe in any CSV or spreadsheet as it is. */
const NUMBER = /^[\p{L}\p{N}][\p{L}\p{N} ._/-]*$/u;
// Line ends and tabs are not among them: they become spaces.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f]/;
const OTHER_SPACE = /[^\S ]| {2}/;

/** `electionDay` is an ISO date. */
export function createRowReader(election: Election, electionDay: string, columns: RollColumns): RowReader {
  const day = parseDay(electionDay);
  if (day === undefined) throw new RangeError(`${electionDay} is not an ISO date`);
  const meaning = cohortMeaning(election);
  const placeOf = placeFinder(election);
  const valuesOf = valuesFinder(election, meaning);

  return (fields) => {
    if (fields.length !== columns.count) return 'missing-column';
    const text = (name: string): string | undefined => textAt(fields, columns.at(name));
    const number = text('registration_number')?.normalize('NFC');
    const name = text('name');
    const placeText = text('place');
    if (number === undefined || name === undefined || placeText === undefined) return 'missing-value';
    if (number.length > LONGEST_NUMBER || fields.some((field) => field.length > LONGEST_FIELD)) return 'too-long';
    if (!NUMBER.test(number) || fields.some((field) => CONTROL.test(field))) return 'bad-character';
    const place = placeOf(placeText);
    if (place === undefined) return 'unknown-place';
    const age = readAge(text('date_of_birth'), text('registered_age'), day);
    if (typeof age === 'string') return age;
    if (age.years !== undefined && meaning.leastAge !== undefined && age.years < meaning.leastAge) return 'under-age';
    const values = valuesOf(text, age.years);
    if (typeof values === 'string') return values;
    const sex = values[meaning.sexAt];
    return {
      place,
      cohort: cohortOf(values),
      registrationNumber: number,
      name,
      dateOfBirth: text('date_of_birth'),
      gender: text('gender') ?? (sex === undefined ? undefined : genderOf(sex)),
      nationality: text('nationality'),
      address: addressOf(text),
      email: text('email'),
      phone: text('phone'),
      mobile: text('mobile'),
      registeredAge: age.years,
    };
  };
}

type Text = (name: string) => string | undefined;

/** Line breaks inside a field become spaces; an empty field is as good as none. */
function textAt(fields: readonly string[], at: number | undefined): string | undefined {
  const field = at === undefined ? '' : fields[at]!;
  const text = OTHER_SPACE.test(field) ? field.replaceAll(/\s+/g, ' ').trim() : field;
  return text === '' ? undefined : text;
}

function placeFinder(election: Election): (text: string) => string | undefined {
  const places = leaves(election.places);
  const ids = new Map(places.map(({ id }) => [id, id]));
  const ofName = new Map<string, string | undefined>();
  // a name that two places have says nothing
  for (const { id, name } of places) ofName.set(name, ofName.has(name) ? undefined : id);
  return (text) => ids.get(text) ?? ofName.get(text);
}

function readAge(
  birthText: string | undefined,
  ageText: string | undefined,
  day: number,
): { years: number | undefined } | RefusalReason {
  const stated = ageText === undefined ? undefined : /^\d{1,3}$/.test(ageText) ? Number(ageText) : Number.NaN;
  if (Number.isNaN(stated)) return 'bad-date';
  if (birthText === undefined) return { years: stated };
  const birth = parseDay(birthText);
  const years = birth === undefined ? -1 : ageOn(birth, day);
  if (years < 0 || years > OLDEST) return 'bad-date';
  return stated === undefined || stated === years ? { years } : 'age-contradiction';
}

type ValuesFinder = (text: Text, age: number | undefined) => readonly AttributeValue[] | RefusalReason;

/** One value of each attribute, from the column `cohort` or from the attributes' own. */
function valuesFinder(election: Election, meaning: CohortMeaning): ValuesFinder {
  const { attributes, ageAt } = meaning;
  const columns = columnsOfAttributes(election).map((names) =>
    names.filter((name) => !/^(date_of_birth|registered_age)$/.test(name)),
  );
  const cohorts = ballotSpace(election).cohortIndex;

  return (text, age) => {
    const cohort = text('cohort');
    if (cohort !== undefined && !cohorts.has(cohort)) return 'unknown-cohort';
    const parts = cohort?.split('|');
    const values: AttributeValue[] = [];
    for (const [at, attribute] of attributes.entries()) {
      const stated = parts?.[at] ?? firstOf(columns[at]!, text);
      const value = valueOf(attribute, stated, at === ageAt ? age : undefined);
      if (value === undefined) return 'unknown-cohort';
      if (at === ageAt && age !== undefined && value.ages !== undefined && !isAged(value, age))
        return 'age-contradiction';
      values.push(value);
    }
    return values;
  };
}

function valueOf(
  attribute: Attribute,
  stated: string | undefined,
  age: number | undefined,
): AttributeValue | undefined {
  const { values } = attribute;
  if (stated === undefined) {
    return age === undefined ? values.find(isNotStated) : values.find((value) => isAged(value, age));
  }
  const lower = stated.toLowerCase();
  return (
    values.find(({ id }) => id === stated) ??
    values.find(
      (value) => value.name.toLowerCase() === lower || value.id.toLowerCase() === lower || genderOf(value) === lower,
    )
  );
}

function firstOf(names: readonly string[], text: Text): string | undefined {
  for (const name of names) {
    const found = text(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function addressOf(text: Text): Address | undefined {
  const address = {
    street: text('street'),
    city: text('city'),
    state: text('state'),
    country: text('country'),
    postcode: text('postcode'),
  };
  return Object.values(address).every((part) => part === undefined) ? undefined : address;
}
