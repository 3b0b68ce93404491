import type { Election } from '../src/election/election.ts';
import { MAX_SERIAL, type Serial } from '../src/election/ids.ts';
import type { IssuedRun } from '../src/election/roll.ts';
import { ballotSpace } from '../src/election/space.ts';
import { ballotLine } from '../src/topics/ballots.ts';

/** Candidates whom only repeats choose: a count in which they have a vote took a later ballot for the first. */
export const NEVER_FIRST: readonly string[] = ['never-a', 'never-b'];

const FIRST = ['ada', 'ben', 'cleo', 'dan', 'eva', 'finn'];
const ISSUES = 6;
const EXTENT = 1024;

/** Two contests, 51 places, 12 cohorts, three breakdowns; given a place and cohort each, serials are issued. */
export function corpusElection(id: string): Election {
  const names = (ids: readonly string[]): { id: string; name: string }[] => ids.map((one) => ({ id: one, name: one }));
  const places = names(Array.from({ length: 51 }, (_, at) => `P${String(at).padStart(2, '0')}`));
  const ages = ['18-24', '25-34', '35-44', '45-54', '55-64', '65+'];
  return {
    id,
    title: 'All that can be wrong',
    contests: [
      { id: 'mayor', title: 'Mayor', method: 'plurality', candidates: names([...FIRST, ...NEVER_FIRST]) },
      { id: 'parks', title: 'Parks', method: 'approval', choose: 3, candidates: names([...FIRST, ...NEVER_FIRST]) },
    ],
    places,
    cohorts: [
      { id: 'age', name: 'Age', values: names(ages) },
      { id: 'sex', name: 'Sex', values: names(['f', 'm']) },
    ],
    breakdowns: [['place'], ['cohort'], ['place', 'age']],
    results: 'all',
    k: 1,
    simulation: { turnout: 0.7, repeats: 0.02, malformed: 0.01, lean: 1 },
  };
}

export interface Corpus {
  /** Issues, in order. */
  readonly issues: readonly (readonly IssuedRun[])[];
  /** Records as they are to be appended. */
  readonly records: Generator<{ readonly partition: number; readonly lines: readonly string[] }>;
}

/**
 * So many lines, or a few more: about 30 % repeats that contradict their ballot, in the same record, in one soon after and in one long after; 1 % broken in 16
 * ways; half a percent each of wrong places, serials that nobody has, and lines in the partition of another. Records hold 1
 * to 2,000 lines. The same seed gives the same corpus.
 */
export function truthCorpus(election: Election, partitions: number, lines: number, seed: number): Corpus {
  const random = randomFrom(seed);
  const units = unitsOf(election);
  const voters = Math.ceil((lines * 0.66) / units.length);
  const runs = units.map(([place, cohort], unit): IssuedRun => {
    const count = Math.max(1, Math.round(voters * (0.5 + random())));
    return [unit * EXTENT * extentsFor(voters), count, place, cohort];
  });
  const issues = Array.from({ length: ISSUES }, (_, issue) => runs.filter((_run, at) => at % ISSUES === issue));
  return { issues, records: recordsOf(linesOf(runs, lines, partitions, random), partitions, random) };
}

function extentsFor(voters: number): number {
  return Math.ceil((voters * 1.5 + 1) / EXTENT);
}

function unitsOf(election: Election): (readonly [place: string, cohort: string])[] {
  const { places, cohorts } = ballotSpace(election);
  return places.flatMap((place) => cohorts.map((cohort) => [place, cohort] as const));
}

type Random = () => number;

interface Placed {
  readonly partition: number;
  readonly line: string;
}

function* linesOf(runs: readonly IssuedRun[], lines: number, partitions: number, random: Random): Generator<Placed> {
  const serials = shuffled(
    runs.flatMap(([first, count, place, cohort]) =>
      Array.from({ length: count }, (_, at) => [first + at, place, cohort] as const),
    ),
    random,
  );
  const waiting = new Map<number, Placed[]>();
  let made = 0;
  for (const [serial, place, cohort] of serials) {
    if (made >= lines) break;
    const partition = serial % partitions;
    const own: Placed[] = [];
    const odd = random();
    if (odd < 0.02) own.push({ partition, line: brokenLine(serial, place, cohort, random) });
    else if (odd < 0.0275) own.push({ partition, line: firstLine(serial, `${place}x`.slice(-3), cohort, random) });
    else if (odd < 0.035)
      own.push({ partition, line: firstLine(MAX_SERIAL - serial - (MAX_SERIAL % partitions), place, cohort, random) });
    else if (odd < 0.0425)
      own.push({ partition: (partition + 1) % partitions, line: firstLine(serial, place, cohort, random) });
    else {
      own.push({ partition, line: firstLine(serial, place, cohort, random) });
      for (let repeats = random() < 0.36 ? 1 + Math.floor(random() * 2) : 0; repeats > 0; repeats--) {
        const line = repeatLine(serial, place, cohort, random);
        const after = random() < 0.4 ? 0 : Math.floor(random() ** 3 * 60_000);
        if (after === 0) own.push({ partition, line });
        else waiting.set(made + after, [...(waiting.get(made + after) ?? []), { partition, line }]);
      }
    }
    for (const one of own) {
      yield one;
      made++;
      yield* waiting.get(made) ?? [];
      waiting.delete(made);
    }
  }
  for (const late of waiting.values()) yield* late;
}

function firstLine(serial: number, place: string, cohort: string, random: Random): string {
  const strange = random();
  const choices: (readonly [string, readonly string[]])[] = [['mayor', strange < 0.03 ? [] : [pick(FIRST, random)]]];
  if (strange > 0.1) choices.push(['parks', shuffled(FIRST, random).slice(0, Math.floor(random() * 4))]);
  if (strange > 0.97) choices.push(['no-such-contest', ['zed']]);
  if (strange > 0.95 && strange < 0.97) choices[0] = ['mayor', ['nobody', 'ada']];
  if (random() < 0.2) choices.reverse();
  return ballotLine(serial as Serial, place, cohort, choices);
}

function repeatLine(serial: number, place: string, cohort: string, random: Random): string {
  return ballotLine(serial as Serial, place, cohort, [
    ['mayor', [pick(NEVER_FIRST, random)]],
    ['parks', [...NEVER_FIRST]],
  ]);
}

const BREAKAGES: readonly ((line: string) => string)[] = [
  (line) => line.slice(0, -1),
  (line) => `${line} `,
  (line) => ` ${line}`,
  (line) => line.replace('"serial":', '"serial": '),
  (line) => line.replace('"serial":', '"serial":0'),
  (line) => line.replace(/"serial":(\d+)/, '"serial":"$1"'),
  (line) => line.replace(/"serial":(\d+)/, '"serial":$1.0'),
  (line) => line.replace(/"serial":(\d+)/, '"serial":-$1'),
  (line) => line.replace(/"serial":(\d+)/, '"serial":4294967296'),
  (line) => line.replace(/"place":"(.*?)","cohort":"(.*?)"/, '"cohort":"$2","place":"$1"'),
  (line) => line.replace('"mayor":[', '"mayor":["ada"],"mayor":['),
  (line) => line.replace('"mayor"', '"may\\u006fr"'),
  (line) => line.replace('"place":"', '"place":"é'),
  (line) => line.replace('}}', '},"note":"first"}'),
  (line) => `${line}\r`,
  () => '',
];

function brokenLine(serial: number, place: string, cohort: string, random: Random): string {
  return pick(BREAKAGES, random)(firstLine(serial, place, cohort, random));
}

function* recordsOf(
  lines: Generator<Placed>,
  partitions: number,
  random: Random,
): Generator<{ readonly partition: number; readonly lines: readonly string[] }> {
  const open = Array.from({ length: partitions }, () => ({ lines: [] as string[], size: 1 }));
  for (const { partition, line } of lines) {
    const record = open[partition]!;
    record.lines.push(line);
    if (record.lines.length < record.size) continue;
    yield { partition, lines: record.lines };
    open[partition] = { lines: [], size: Math.ceil(2000 * random() ** 3) };
  }
  for (const [partition, { lines: rest }] of open.entries()) if (rest.length > 0) yield { partition, lines: rest };
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)]!;
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items];
  for (let at = left.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [left[at], left[other]] = [left[other]!, left[at]!];
  }
  return left;
}

/** Mulberry32: small, and good enough to mix lines. */
function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
