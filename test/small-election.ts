import type { Election } from '../src/election/election.ts';

/** Two contests, four places in a hierarchy, four cohorts: enough for every rule. */
export function smallElection(changes: Partial<Election> = {}): Election {
  return {
    id: 'small',
    title: 'A small election',
    contests: [
      { id: 'mayor', title: 'Mayor', method: 'plurality', candidates: named('ann', 'bob', 'cy') },
      { id: 'parks', title: 'Parks', method: 'approval', choose: 2, candidates: named('oak', 'elm', 'ash') },
    ],
    places: [
      { id: 'north', name: 'North', places: named('n1', 'n2') },
      { id: 'south', name: 'South', places: named('s1', 's2') },
    ],
    cohorts: [
      {
        id: 'age',
        name: 'Age',
        values: [
          { id: '18-64', name: '18–64', ages: [18, 64] },
          { id: '65+', name: '65+', ages: [65] },
        ],
      },
      { id: 'sex', name: 'Sex', values: named('f', 'm') },
    ],
    breakdowns: [['place'], ['cohort'], ['place', 'age']],
    results: 'all',
    k: 1,
    simulation: { turnout: 0.7, repeats: 0.02, malformed: 0.01, lean: 1 },
    ...changes,
  };
}

function named(...ids: string[]): { id: string; name: string }[] {
  return ids.map((id) => ({ id, name: id.toUpperCase() }));
}
