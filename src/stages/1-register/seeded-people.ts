import type { Election } from '../../election/election.ts';
import { formatDay, today } from './calendar.ts';
import { loadNameLists } from './name-lists.ts';
import { createPeople, type People } from './people.ts';
import type { PeopleSource } from './people-source.ts';

/** The first `count` of the people that a seed invents. Ages are those on `electionDay`; all else is the same on any day. */
export async function seededPeople(
  election: Election,
  seed: string | number,
  count: number,
  electionDay: string = formatDay(today()),
): Promise<PeopleSource> {
  return seededSource(createPeople(election, seed, electionDay, await loadNameLists()), count);
}

export function seededSource(people: People, count: number): PeopleSource {
  return {
    id: people.source,
    people: count,
    async *batches(from, size) {
      for (let start = from; start < count; start += size) {
        yield Array.from({ length: Math.min(size, count - start) }, (_, at) => people.person(start + at));
      }
    },
  };
}
