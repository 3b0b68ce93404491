import { unitIndex, type Roll } from '../../election/roll.ts';
import type { BallotSpace } from '../../election/space.ts';
import { LivetallyError } from '../../error.ts';
import type { Log, NewRecord } from '../../ports/log.ts';
import { topicName } from '../../topics/topics.ts';
import { encodeRegistration, type Registration } from '../../topics/voters.ts';
import type { CodesFile } from './codes-file.ts';
import { countUnits, deal } from './issue.ts';
import type { Issue } from '../../topics/life.ts';

/** Bytes of an append: a broker refuses a megabyte, and the embedded log gains nothing above. */
const APPEND_BYTES = 512 * 1024;

export interface Recorder {
  /**
   * Writes the codes of all `people`, who are those of the issue, then their registrations from number `missingFrom`
   * on: whoever is in `voters` has a code. One call at a time.
   */
  record(people: readonly Registration[], issue: Issue, missingFrom?: number): Promise<void>;
}

export function createRecorder(log: Log, electionId: string, roll: Roll, codes: CodesFile | undefined): Recorder {
  const topic = topicName(electionId, 'voters');
  return {
    async record(people, issue, missingFrom) {
      const isResumed = missingFrom !== undefined;
      if (isResumed) requireSameUnits(roll, people, issue);
      if (codes !== undefined) await writeCodes(codes, roll, people, issue, isResumed);
      // one append after the other: `voters` is in order, so that its last record tells what is missing
      for (const records of packs(people.slice((missingFrom ?? issue.from) - issue.from))) {
        await log.append(topic, 0, records);
      }
    },
  };
}

export function unitsOf(space: BallotSpace, people: readonly Registration[]): number[] {
  return people.map(({ place, cohort }) => unitIndex(space, place, cohort)!);
}

/** A row that is there stays: the code may be in somebody's hands. */
async function writeCodes(
  codes: CodesFile,
  roll: Roll,
  people: readonly Registration[],
  issue: Issue,
  isResumed: boolean,
): Promise<void> {
  const numbers = new Set(people.map(({ registrationNumber }) => registrationNumber));
  const written = isResumed ? await codes.find(numbers) : new Map<string, number>();
  const waiting = people.filter(({ registrationNumber }) => !written.has(registrationNumber));
  const serials = deal(roll.space, issue.runs, unitsOf(roll.space, waiting), new Set(written.values()));
  await codes.append(waiting.map(({ registrationNumber }, at) => [registrationNumber, serials[at]!]));
}

function* packs(people: readonly Registration[]): Generator<NewRecord[]> {
  let records: NewRecord[] = [];
  let bytes = 0;
  for (const person of people) {
    const value = encodeRegistration(person);
    if (bytes + value.length > APPEND_BYTES && records.length > 0) {
      yield records;
      records = [];
      bytes = 0;
    }
    records.push({ value });
    bytes += value.length;
  }
  if (records.length > 0) yield records;
}

/** The election file may have got other populations or shares since, and seeded people follow them. */
function requireSameUnits(roll: Roll, people: readonly Registration[], issue: Issue): void {
  const issued = new Map<number, number>();
  for (const [, count, place, cohort] of issue.runs) {
    const unit = unitIndex(roll.space, place, cohort)!;
    issued.set(unit, (issued.get(unit) ?? 0) + count);
  }
  const found = countUnits(unitsOf(roll.space, people));
  if ([...issued].every(([unit, count]) => found.get(unit) === count)) return;
  throw new LivetallyError('LT_ELECTION_FROZEN', `The people of ${issue.source} are in other places or cohorts now.`, {
    next: 'A register was interrupted: run it again with the populations and shares that the election file had then.',
  });
}
