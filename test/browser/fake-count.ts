import type { Candidate, Election, Place } from '../../src/election/election.ts';
import { makeReport } from '../../src/election/make-report.ts';
import type { Report } from '../../src/election/report.ts';
import { emptyRoll, issue, type Roll } from '../../src/election/roll.ts';
import { ballotSpace } from '../../src/election/space.ts';
import { add, ballotKey, cellKey, emptyTally, TOTAL, type Tally } from '../../src/election/tally.ts';

/** An election that counts itself, for looking at the page without a log, an intake or an engine. */
export interface FakeCount {
  readonly election: Election;
  /** Casts about so many ballots, and reports. */
  step(ballots: number): Report;
  report(complete?: boolean): Report;
}

export function createFakeCount(
  election: Election,
  options: { seed?: number; votersPerUnit?: number } = {},
): FakeCount {
  const random = randomNumbers(options.seed ?? 1);
  const roll = fullRoll(election, options.votersPerUnit ?? 2000);
  const tally = emptyTally();
  const units = roll.space.places.flatMap((place) => roll.space.cohorts.map((cohort) => ({ place, cohort })));
  const pull = units.map(() => 0.3 + random() * 1.4);
  let opened = false;
  let offset = 0;

  function report(complete = false): Report {
    const life = { election, hash: 'f'.repeat(64), roll, opened, closed: complete ? [offset] : undefined };
    // A copy: the numbers in a report are the tally's own, which goes on.
    return structuredClone(makeReport(tally, life, `events:3 0:${offset} 1:${offset}`, Date.now(), complete));
  }

  function step(ballots: number): Report {
    opened = true;
    offset += 1 + Math.floor(ballots / 4096);
    units.forEach((_, unit) =>
      castInUnit(unit, Math.floor((ballots / units.length) * pull[unit]! * (0.5 + random()) + random())),
    );
    return report();
  }

  function castInUnit(unit: number, wanted: number): void {
    const left = roll.eligible[unit]! - (tally.ballots.get(unitKey(unit)) ?? 0);
    const counted = Math.min(wanted, left);
    if (counted <= 0) return;
    tally.ballots.set(unitKey(unit), (tally.ballots.get(unitKey(unit)) ?? 0) + counted);
    tally.spent += counted;
    tally.outcomes.counted += counted;
    const refused = Math.floor(counted * 0.01 + random());
    tally.outcomes.repeat += refused;
    tally.outcomes.invalid += refused;
    tally.invalid.form += refused;
    tally.lines += counted + 2 * refused;
    for (const breakdown of roll.space.breakdowns) {
      add(tally.ballots, ballotKey(breakdown.key, breakdown.values[breakdown.valueOfUnit[unit]!]!), counted);
    }
    for (const contest of election.contests) share(contest, unit, counted);
  }

  function share(contest: Election['contests'][number], unit: number, counted: number): void {
    const { id, candidates } = contest;
    const weights = candidates.map(({ strength = 1 }, at) => strength * (0.6 + 0.8 * fraction(unit * 31 + at * 17)));
    const all = weights.reduce((sum, weight) => sum + weight, 0) * 1.01;
    let left = counted;
    candidates.forEach((candidate, at) => {
      const votes = Math.min(left, Math.floor((counted * weights[at]!) / all + random()));
      left -= votes;
      const next = contest.method === 'approval' ? candidates[at + 1] : undefined;
      addVotes(tally, roll, id, unit, next === undefined ? candidate.id : `${candidate.id},${next.id}`, votes);
    });
    addVotes(tally, roll, id, unit, '', left);
  }

  return { election, step, report };
}

function addVotes(tally: Tally, roll: Roll, contest: string, unit: number, list: string, votes: number): void {
  if (votes === 0) return;
  add(tally.cells, cellKey(contest, TOTAL, TOTAL, list), votes);
  for (const { key, values, valueOfUnit } of roll.space.breakdowns) {
    add(tally.cells, cellKey(contest, key, values[valueOfUnit[unit]!]!, list), votes);
  }
}

/** A key of its own, which no report reads. */
function unitKey(unit: number): string {
  return `unit ${unit}`;
}

function fullRoll(election: Election, votersPerUnit: number): Roll {
  const roll = emptyRoll(ballotSpace(election));
  for (const place of roll.space.places) {
    for (const cohort of roll.space.cohorts) issue(roll, [roll.extents * 1024, votersPerUnit, place, cohort]);
  }
  return roll;
}

function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => fraction(state++);
}

function fraction(number: number): number {
  const mixed = Math.imul(number ^ (number >>> 13), 0x5bd1e995) ^ 0x2545f491;
  return (Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2d) >>> 0) / 2 ** 32;
}

const STATES =
  'Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland';

const CANDIDATES: readonly Candidate[] = [
  { id: 'rivera', name: 'Ana Rivera', party: 'Civic Union', colour: '#2f6fd0', strength: 46, photo: face('#2f6fd0') },
  {
    id: 'okafor',
    name: 'Tobias Okafor',
    party: 'Reform League',
    colour: '#d1622b',
    strength: 42,
    photo: face('#d1622b'),
  },
  { id: 'lindqvist', name: 'Mei Lindqvist', party: 'Green Commons', colour: '#2e9d6a', strength: 8 },
  { id: 'whitaker', name: 'Sam Whitaker', party: 'Independent', colour: '#8a63c9', strength: 4 },
];

function face(colour: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#dde"/><circle cx="32" cy="25" r="11" fill="${colour}"/><path d="M10 62c2-17 12-23 22-23s20 6 22 23z" fill="${colour}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Twenty states, ages and sexes, four candidates; a change of any part of it. */
export function exampleElection(changes: Partial<Election> = {}): Election {
  return {
    id: 'demo',
    title: 'Presidential demo',
    contests: [{ id: 'president', title: 'President', method: 'plurality', candidates: CANDIDATES }],
    places: STATES.split(' ').map((name, at) => ({ id: `US-${name.slice(0, 2).toUpperCase()}${at}`, name })),
    cohorts: [
      { id: 'age', name: 'Age', values: ['18–24', '25–34', '35–44', '45–54', '55–64', '65+'].map(value) },
      { id: 'sex', name: 'Sex', values: ['Women', 'Men', 'Not stated'].map(value) },
    ],
    breakdowns: [['place'], ['cohort']],
    results: 'all',
    k: 10,
    simulation: { turnout: 0.7, repeats: 0, malformed: 0, lean: 0 },
    ...changes,
  };
}

function value(name: string, at: number): { id: string; name: string } {
  return { id: `v${at}`, name };
}

/** What strains a page: three hundred places in a tree, forty candidates, names of sixty letters, two contests. */
export function hardElection(): Election {
  const long = 'Wilhelmina-Alexandrina von Hohenstein-Wolkersdorf zu Lichten';
  const candidates = Array.from({ length: 40 }, (_, at) => ({
    id: `c${at}`,
    name: at === 0 ? long : `Candidate Number ${at + 1}`,
    party: at % 3 === 0 ? `Party of the Longest Name That Anyone Could Think Of ${at}` : `P${at}`,
    strength: 50 / (at + 1),
  }));
  const places: Place[] = Array.from({ length: 16 }, (_, land) => ({
    id: `L${land}`,
    name: `Land ${land + 1}`,
    places: Array.from({ length: 19 }, (_, at) => ({
      id: `L${land}-${at}`,
      name: `Constituency ${land * 19 + at + 1} at ${long.slice(0, 30)}`,
    })),
  }));
  return exampleElection({
    title: 'A general election with a title that goes on for longer than anyone would like',
    contests: [
      { id: 'lists', title: 'Party lists', method: 'plurality', candidates },
      { id: 'questions', title: 'What to build first', method: 'approval', candidates: CANDIDATES.slice(0, 3) },
    ],
    places,
  });
}
