import type { Election } from '../src/election/election.ts';
import { MAX_SERIAL, type Serial } from '../src/election/ids.ts';
import type { IssuedRun } from '../src/election/roll.ts';
import { ballotSpace, cohortIds } from '../src/election/space.ts';
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

/** What a line is made to be. Broken ones also say in which way. */
export type LineKind = 'first' | 'repeat' | 'place' | 'cohort' | 'unissued' | 'misplaced' | `broken ${number}`;

export interface Corpus {
  /** Issues, in order. Every run is issued in two parts. */
  readonly issues: readonly (readonly IssuedRun[])[];
  /** Records as they are to be appended, each behind the one before it of its partition. */
  readonly records: Generator<{ readonly partition: number; readonly lines: readonly string[] }>;
  /** What the records taken so far hold: it comes of making them, and of no count. */
  readonly made: Made;
}

export interface Made {
  readonly lines: Map<LineKind, number>;
  readonly repeats: MadeRepeat[];
}

/** Offsets of a repeat and of its ballot. */
export interface MadeRepeat {
  readonly partition: number;
  readonly first: number;
  readonly again: number;
}

/**
 * About so many lines: 30 % repeats that contradict their ballot, at once, soon after or long after; 1 % broken in 16 ways;
 * half a percent each of wrong places, wrong cohorts, serials that nobody has, and lines in the partition of another. Of
 * those that cannot count every other one is cast again as it should be. Records hold 1 to 2,000 lines. The same seed gives
 * the same corpus.
 */
export function truthCorpus(election: Election, partitions: number, lines: number, seed: number): Corpus {
  const random = randomFrom(seed);
  const units = unitsOf(election);
  const voters = Math.ceil((lines * SERIALS_PER_LINE) / units.length);
  const runs = units.map(([place, cohort], unit): IssuedRun => {
    const count = Math.max(2, Math.round(voters * (0.5 + random())));
    return [unit * EXTENT * extentsFor(voters), count, place, cohort];
  });
  const made: Made = { lines: new Map(), repeats: [] };
  const placed = linesOf({ election, runs, lines, partitions, random });
  return { issues: issuesOf(runs, random), records: recordsOf(placed, partitions, random, made), made };
}

/** Of which the rest is repeats and lines cast again. */
const SERIALS_PER_LINE = 0.69;
/** Serials that stay free at the end of a unit's extents. */
const FREE = 64;

function extentsFor(voters: number): number {
  return Math.ceil((voters * 1.5 + FREE) / EXTENT);
}

/** The second part of a run goes on where the first stopped, mostly inside an extent. */
function issuesOf(runs: readonly IssuedRun[], random: Random): IssuedRun[][] {
  const issues = Array.from({ length: ISSUES }, (): IssuedRun[] => []);
  for (const [at, [first, count, place, cohort]] of runs.entries()) {
    const part = 1 + Math.floor(random() * (count - 1));
    issues[at % (ISSUES / 2)]!.push([first, part, place, cohort]);
    issues[ISSUES / 2 + (at % (ISSUES / 2))]!.push([first + part, count - part, place, cohort]);
  }
  return issues;
}

function unitsOf(election: Election): (readonly [place: string, cohort: string])[] {
  const { places, cohorts } = ballotSpace(election);
  return places.flatMap((place) => cohorts.map((cohort) => [place, cohort] as const));
}

type Random = () => number;

interface Placed {
  readonly kind: LineKind;
  readonly serial: number;
  readonly partition: number;
  readonly line: string;
}

interface Electorate {
  readonly election: Election;
  readonly runs: readonly IssuedRun[];
  readonly lines: number;
  readonly partitions: number;
  readonly random: Random;
}

interface Voter {
  readonly serial: number;
  readonly run: IssuedRun;
}

function* linesOf(electorate: Electorate): Generator<Placed> {
  const { runs, random } = electorate;
  const voters = shuffled(
    runs.flatMap((run) => Array.from({ length: run[1] }, (_, at): Voter => ({ serial: run[0] + at, run }))),
    random,
  );
  const waiting = new Map<number, Placed[]>();
  let turn = 0;
  for (const voter of voters) {
    for (const { after, ...placed } of castBy(voter, electorate)) {
      if (after === 0) yield placed;
      else waiting.set(turn + after, [...(waiting.get(turn + after) ?? []), placed]);
    }
    yield* waiting.get(turn) ?? [];
    waiting.delete(turn++);
  }
  const left = [...waiting].sort(([one], [other]) => one - other);
  for (const [, placed] of left) yield* placed;
}

/** What a voter casts, in order, the later ones so many voters after it. */
function* castBy(voter: Voter, electorate: Electorate): Generator<Placed & { readonly after: number }> {
  const { partitions, lines, random } = electorate;
  const { serial, run } = voter;
  const partition = serial % partitions;
  const [, , place, cohort] = run;
  const odd = random();
  if (odd < ODD) {
    yield { ...oddLine(voter, electorate, odd / ODD), after: 0 };
    if (random() < 0.5) return;
  }
  yield { kind: 'first', serial, partition, line: firstLine(serial, place, cohort, random), after: 0 };
  if (random() > 0.31) return;
  for (let repeats = random() < 0.5 ? 1 : 2; repeats > 0; repeats--) {
    const line = repeatLine(serial, place, cohort, random);
    const after = random() < 0.4 ? 0 : Math.floor(random() ** 3 * 0.25 * lines);
    yield { kind: 'repeat', serial, partition, line, after };
  }
}

/** Share of voters who first cast a line that cannot count: 3 % of the lines. */
const ODD = 0.046;

/** `which`: from 0 to 1, in which way it is odd. */
function oddLine({ serial, run }: Voter, { election, partitions, random }: Electorate, which: number): Placed {
  const [first, count, place, cohort] = run;
  const partition = serial % partitions;
  const line = (own: number, where: string, who: string): string => firstLine(own, where, who, random);
  if (which < 1 / 3) {
    const way = Math.floor(which * 3 * BROKEN_KINDS);
    return { kind: `broken ${way}`, serial, partition, line: BREAKAGES[way]!(line(serial, place, cohort)) };
  }
  if (which < 1 / 2) {
    const others = election.places.filter(({ id }) => id !== place).map(({ id }) => id);
    return { kind: 'place', serial, partition, line: line(serial, pick([...others, 'P0', 'nowhere'], random), cohort) };
  }
  if (which < 2 / 3) {
    const others = cohortIds(election.cohorts).filter((id) => id !== cohort);
    return { kind: 'cohort', serial, partition, line: line(serial, place, pick([...others, 'all'], random)) };
  }
  if (which < 5 / 6) {
    // the next after the last that is issued, or far from all of them
    const from = random() < 0.5 ? first + count : MAX_SERIAL - 5000 + Math.floor(random() * 4000);
    const free = from + ((partition - (from % partitions) + partitions) % partitions);
    return { kind: 'unissued', serial: free, partition, line: line(free, place, cohort) };
  }
  return { kind: 'misplaced', serial, partition: (partition + 1) % partitions, line: line(serial, place, cohort) };
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

/** Ways in which a line is broken. */
export const BROKEN_KINDS: number = BREAKAGES.length;

function* recordsOf(
  placed: Generator<Placed>,
  partitions: number,
  random: Random,
  made: Made,
): Generator<{ readonly partition: number; readonly lines: readonly string[] }> {
  const firsts = new Map<number, number>();
  const open = Array.from({ length: partitions }, () => ({ lines: [] as string[], size: 1, offset: 0 }));
  for (const { kind, serial, partition, line } of placed) {
    const record = open[partition]!;
    record.lines.push(line);
    made.lines.set(kind, (made.lines.get(kind) ?? 0) + 1);
    if (kind === 'first') firsts.set(serial, record.offset);
    if (kind === 'repeat') made.repeats.push({ partition, first: firsts.get(serial)!, again: record.offset });
    if (record.lines.length < record.size) continue;
    yield { partition, lines: record.lines };
    open[partition] = { lines: [], size: Math.ceil(2000 * random() ** 3), offset: record.offset + 1 };
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
