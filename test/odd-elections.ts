import type { Attribute, Candidate, Contest, Election, Place } from '../src/election/election.ts';

/** Elections at the edges of what an election file allows, each with the partitions that it is counted in. */
export const ODD_ELECTIONS: readonly {
  readonly what: string;
  readonly partitions: number;
  readonly election: Omit<Election, 'id'>;
}[] = [
  {
    what: 'places alone, in one partition',
    partitions: 1,
    election: {
      ...base(),
      places: [{ ...named('land'), places: all('a', 'b') }, ...all('c')],
      breakdowns: [['place']],
    },
  },
  {
    what: 'attributes crossed in every way, in twelve partitions',
    partitions: 12,
    election: {
      ...base(),
      cohorts: [attribute('since', 'young', 'old'), attribute('sex', 'f', 'm'), attribute('home', 'own', 'rent')],
      breakdowns: [['since'], ['sex', 'since'], ['home', 'place', 'since'], ['cohort'], ['place', 'cohort']],
    },
  },
  {
    what: 'no cohort, and ids that mean something to machines',
    partitions: 2,
    election: {
      ...base(),
      contests: [
        contest('__proto__', '1', '0', '00', '__proto__', 'toString'),
        contest('1', 'constructor', 'null', 'NULL', '-', '.', '+', 'a|b', '|'),
        contest('toString', 'true', '1e3', '-1', '1.0'),
      ],
      places: all('1', '__proto__', 'valueOf', '-', '.+', 'a|b'),
      cohorts: [],
      breakdowns: [['place'], ['cohort'], ['cohort', 'place']],
    },
  },
  {
    what: 'forty contests, and an attribute of machine words',
    partitions: 3,
    election: {
      ...base(),
      contests: Array.from({ length: 40 }, (_, at) => contest(`c${at}`, 'x', `y${at}`, 'z')),
      cohorts: [attribute('constructor', 'toString', '1', '__proto__')],
      breakdowns: [['place'], ['constructor']],
    },
  },
];

function base(): Omit<Election, 'id'> {
  return {
    title: 'An odd election',
    contests: [contest('mayor', 'ann', 'bob', 'cy')],
    places: all('a', 'b', 'c'),
    cohorts: [attribute('since', 'young', 'old')],
    breakdowns: [],
    results: 'all',
    k: 1,
    simulation: { turnout: 0.7, repeats: 0.02, malformed: 0.01, lean: 1 },
  };
}

function contest(id: string, ...candidates: string[]): Contest {
  return { id, title: id, method: 'approval', choose: 2, candidates: all(...candidates) satisfies Candidate[] };
}

function attribute(id: string, ...values: string[]): Attribute {
  return { id, name: id, values: all(...values) };
}

function all(...ids: string[]): Place[] {
  return ids.map(named);
}

function named(id: string): Place {
  return { id, name: id };
}
