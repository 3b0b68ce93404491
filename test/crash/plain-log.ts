import type { Log } from '../../src/ports/log.ts';

/** A log as the campaign's checks see it: whole, in memory, JSON where it is JSON. Shares nothing with the product but the port. */
export interface PlainLog {
  readonly events: readonly PlainEvent[];
  readonly voters: readonly PlainVoter[];
  /** By partition, the lines in order, without line feeds, a character a byte. */
  readonly ballots: readonly (readonly string[])[];
}

export interface PlainEvent {
  /** Where it stands. */
  readonly offset: number;
  readonly type: string;
  readonly at: number;
  readonly source: string;
  readonly upTo: number;
  readonly runs: readonly (readonly [first: number, count: number, place: string, cohort: string])[];
}

export interface PlainVoter {
  readonly source: string;
  readonly index: number;
  readonly registrationNumber: string;
  readonly name: string;
  readonly place: string;
  readonly cohort: string;
}

export async function readPlainLog(log: Log, electionId: string, partitions: number): Promise<PlainLog> {
  const records = (topic: string, partition = 0): Promise<PlainRecord[]> =>
    recordsOf(log, `livetally.${electionId}.${topic}`, partition);
  const ballots: string[][] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const values = (await records('ballots', partition)).map(({ value }) => value);
    ballots.push(values.join('').split('\n').slice(0, -1));
  }
  return {
    events: (await records('events')).map(plainEvent),
    voters: (await records('voters')).map(({ value }) => JSON.parse(value) as PlainVoter),
    ballots,
  };
}

interface PlainRecord {
  readonly offset: number;
  readonly value: string;
}

export function plainEvent({ offset, value }: PlainRecord): PlainEvent {
  return { ...(JSON.parse(value) as Omit<PlainEvent, 'offset'>), offset };
}

async function recordsOf(log: Log, topic: string, partition: number): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  for (let next = 0; ;) {
    const from = [...Array.from({ length: partition }, () => -1), next];
    const [fetched] = await log.fetch(topic, from);
    if (fetched === undefined) return records;
    const encoding = topic.endsWith('.ballots') ? 'latin1' : 'utf8';
    for (const { offset, value } of fetched.records) {
      records.push({ offset, value: Buffer.from(value).toString(encoding) });
    }
    next = fetched.next;
  }
}

/**
 * The issues that count: those that stand where they were written for. Throws when one of them does not go on where its
 * source was, which no register writes that has read what is before it.
 */
export function issuesOf(events: readonly PlainEvent[]): PlainEvent[] {
  const issues = events.filter(({ type, at, offset }) => type === 'issued' && at === offset);
  const reached = new Map<string, number>();
  for (const { offset, source, upTo, runs } of issues) {
    const people = (reached.get(source) ?? 0) + runs.reduce((sum, [, count]) => sum + count, 0);
    if (people !== upTo) throw new Error(`the issue at ${offset} goes up to ${upTo}, and has serials up to ${people}`);
    reached.set(source, people);
  }
  return issues;
}

/** `place cohort` of every serial that was issued. Throws when one was issued twice. */
export function ownersOf(issues: readonly PlainEvent[]): Map<number, string> {
  const owners = new Map<number, string>();
  for (const { runs } of issues) {
    for (const [first, count, place, cohort] of runs) {
      for (let serial = first; serial < first + count; serial++) {
        if (owners.has(serial)) throw new Error(`the serial ${serial} is issued twice`);
        owners.set(serial, `${place} ${cohort}`);
      }
    }
  }
  return owners;
}

/** Everybody's first registration. Throws when another one of the same person says something else. */
export function peopleOf(voters: readonly PlainVoter[]): PlainVoter[] {
  const people = new Map<string, PlainVoter>();
  for (const voter of voters) {
    const who = `${voter.source} ${voter.index}`;
    const first = people.get(who);
    if (first === undefined) people.set(who, voter);
    else if (JSON.stringify(first) !== JSON.stringify(voter)) throw new Error(`${who} is registered as two people`);
  }
  return [...people.values()];
}

/** The count, the plainest way. */
export interface PlainCount {
  lines: number;
  counted: number;
  repeat: number;
  invalid: number;
  readonly spent: Set<number>;
  /** `place n1`, `cohort 18-64|f`, `vote mayor ann` → ballots. */
  readonly sums: Map<string, number>;
}

interface PlainBallot {
  readonly serial: number;
  readonly place: string;
  readonly cohort: string;
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

export function countPlainly({ ballots }: PlainLog, owners: ReadonlyMap<number, string>): PlainCount {
  const count: PlainCount = { lines: 0, counted: 0, repeat: 0, invalid: 0, spent: new Set(), sums: new Map() };
  ballots.forEach((lines, partition) => {
    for (const line of lines) {
      count.lines++;
      const ballot = readBallot(line);
      const isValid =
        ballot !== undefined &&
        ballot.serial % ballots.length === partition &&
        owners.get(ballot.serial) === `${ballot.place} ${ballot.cohort}`;
      if (!isValid) count.invalid++;
      else if (count.spent.has(ballot.serial)) count.repeat++;
      else countOne(count, ballot);
    }
  });
  return count;
}

function countOne(count: PlainCount, { serial, place, cohort, choices }: PlainBallot): void {
  const add = (key: string): void => void count.sums.set(key, (count.sums.get(key) ?? 0) + 1);
  count.counted++;
  count.spent.add(serial);
  add(`place ${place}`);
  add(`cohort ${cohort}`);
  for (const [contest, names] of Object.entries(choices)) for (const name of names) add(`vote ${contest} ${name}`);
}

/** A line that is no ballot, or not in the one canonical form, is undefined: bytes outside ASCII are in none. */
function readBallot(line: string): PlainBallot | undefined {
  if (!/^[ -~]*$/.test(line)) return undefined;
  try {
    const { serial, place, cohort, choices } = JSON.parse(line) as PlainBallot;
    return JSON.stringify({ serial, place, cohort, choices }) === line ? { serial, place, cohort, choices } : undefined;
  } catch {
    return undefined;
  }
}
