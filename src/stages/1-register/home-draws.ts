import type { Election, Place } from '../../election/election.ts';
import { leaves } from '../../election/space.ts';
import type { Address } from '../../topics/voters.ts';
import type { Draws } from '../seeded-draws.ts';
import type { NameLists } from './name-lists.ts';
import { FIELD } from './person-fields.ts';

/** What the people of a leaf place have in common. */
export interface Home {
  readonly place: string;
  readonly state: string;
  readonly country: string;
  /** ISO 3166-1 where the ids of the places tell, or else the name of the country. */
  readonly nationality: string;
  readonly cities: readonly string[];
  /** The first three digits. */
  readonly postcode: number;
}

const CITIES_OF_PLACE = 12;

/** By leaf place, in the order of the ballot space. An id such as `US-CA` tells the country, or else the top of its tree. */
export function homesOf(election: Election, draws: Draws, lists: NameLists): Home[] {
  const countries = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const pairs = election.places.flatMap((root) => leaves([root]).map((place) => ({ root, place })));
  return pairs.map(({ root, place }, at) => {
    const code = countryCode(place);
    return {
      place: place.id,
      state: place.name,
      country: (code === undefined ? undefined : countries.of(code)) ?? root.name,
      nationality: code ?? root.name,
      cities: citiesOf(at, draws, lists),
      postcode: 100 + ((at * 7) % 900),
    };
  });
}

export function addressAt(draws: Draws, index: number, home: Home, lists: NameLists): Address {
  const house = draws.below(9899, index, FIELD.house) + 1;
  return {
    street: `${house} ${lists.streets[draws.below(lists.streets.length, index, FIELD.street)]}`,
    city: home.cities[draws.below(home.cities.length, index, FIELD.city)]!,
    state: home.state,
    country: home.country,
    postcode: `${home.postcode}${twoDigits(draws.below(100, index, FIELD.postcode))}`,
  };
}

/** 555-0100 to 555-0199 are kept for fiction: they ring nowhere. */
export function phoneAt(draws: Draws, index: number, field: number): string {
  const drawn = draws.below(8 * 7 * 10 * 100, index, field);
  const area = `${2 + (drawn % 8)}${2 + (Math.floor(drawn / 8) % 7)}${Math.floor(drawn / 56) % 10}`;
  return `+1 ${area}-555-01${twoDigits(Math.floor(drawn / 560))}`;
}

function citiesOf(at: number, draws: Draws, lists: NameLists): string[] {
  return Array.from({ length: CITIES_OF_PLACE }, (_, city) => {
    return lists.cities[draws.below(lists.cities.length, at * CITIES_OF_PLACE + city, FIELD.cityOfPlace)]!;
  });
}

function countryCode(place: Place): string | undefined {
  return /^([A-Z]{2})(?:-|$)/.exec(place.id)?.[1];
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
