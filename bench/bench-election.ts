import type { Election } from '../src/election/election.ts';

export const CANDIDATES = ['rivera', 'okafor', 'lindqvist', 'whitaker'] as const;

/** What the benches count: one contest in 51 places and 18 cohorts, as in an election of the size of a country. */
export function benchElection(id: string): Election {
  return {
    id,
    title: 'A contest in 51 places and 18 cohorts',
    contests: [{ id: 'president', title: 'President', method: 'plurality', candidates: named(CANDIDATES) }],
    places: named(Array.from({ length: 51 }, (_, at) => `US-${at}`)),
    cohorts: [
      { id: 'age', name: 'Age', values: named(['18-24', '25-34', '35-44', '45-54', '55-64', '65-']) },
      { id: 'sex', name: 'Sex', values: named(['f', 'm', 'x']) },
    ],
    breakdowns: [['place'], ['cohort']],
    results: 'all',
    k: 1,
    simulation: { turnout: 1, repeats: 0, malformed: 0, lean: 0 },
  };
}

function named(ids: readonly string[]): { id: string; name: string }[] {
  return ids.map((id) => ({ id, name: id }));
}
