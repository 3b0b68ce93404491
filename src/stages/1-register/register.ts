import type { Election } from '../../election/election.ts';
import { LivetallyError } from '../../error.ts';
import type { LifeReader } from '../../lifecycle/life-reader.ts';
import type { Log } from '../../ports/log.ts';
import type { Issue } from '../../topics/life.ts';
import type { Registration } from '../../topics/voters.ts';
import { createPace } from '../pace.ts';
import { appendIssue, requireOpenRoll, titleOf } from './append-issue.ts';
import type { CodesFile } from './codes-file.ts';
import { countUnits } from './issue.ts';
import type { PeopleSource } from './people-source.ts';
import { createRecorder, unitsOf, type Recorder } from './record.ts';
import { findUnfinished, type UnfinishedIssue } from './unfinished.ts';

export interface RegisterOptions {
  readonly log: Log;
  /** Of the election; nobody else may use it meanwhile. */
  readonly reader: LifeReader;
  readonly source: PeopleSource;
  /** Where to write who gets which voting code; without it nobody gets one. */
  readonly codes?: CodesFile;
  /** People in one issue: the crowd in which a serial's owner hides, and the memory used (some kB each). */
  readonly batchPeople?: number;
  readonly ratePerSecond?: number;
  /** After every batch that is durable. */
  readonly onProgress?: (progress: Registered) => void;
}

/** Numbers of people of the source. */
export interface Registered {
  /** Issued by an earlier register that died before it had recorded them. */
  readonly resumed: number;
  /** Issued by this one. */
  readonly added: number;
  /** Registered so far, by whichever register; as many are in `voters`, and as many serials are issued. */
  readonly registered: number;
}

const BATCH_PEOPLE = 16_384;
/** With a rate, and nobody to hide since no codes are handed out: often enough to look like a stream. */
const BATCHES_PER_SECOND = 4;

/**
 * Registers the people of a source who are not registered yet, batch by batch: first the serials (`issued`, durable),
 * then the codes file, then the registrations. Dies anywhere and goes on there: nobody is registered twice or issued
 * two serials. On abort it ends after the batches under way. Throws LT_LOG_WRITE; LT_USAGE, also when the polls are
 * closed meanwhile.
 */
export async function register(options: RegisterOptions, signal: AbortSignal): Promise<Registered> {
  const { log, reader, source, ratePerSecond = Infinity } = options;
  await reader.catchUp();
  const recorder = createRecorder(log, reader.life.election.id, reader.life.roll, options.codes);
  const resumed = await resume(options, recorder);
  const before = reader.life.registered.get(source.id) ?? 0;
  if (before >= source.people) return { resumed, added: 0, registered: before };
  requireOpenRoll(reader);

  const pace = createPace(ratePerSecond);
  let added = 0;
  const record = async (people: readonly Registration[], issue: Issue): Promise<void> => {
    await recorder.record(people, issue);
    added += people.length;
    options.onProgress?.({ resumed, added, registered: before + added });
  };
  let recording = Promise.resolve();
  try {
    for await (const people of source.batches(before, batchSize(options))) {
      await pace.next(people.length, signal);
      if (signal.aborted) break;
      const issue = await issueSerials(options, people);
      await recording; // one batch is being recorded while the next is drawn and issued: two in memory, no more
      recording = record(people, issue);
      recording.catch(() => undefined); // rejects where it is awaited
    }
  } finally {
    await recording; // also when an issue fails
  }
  return { resumed, added, registered: before + added };
}

/** Throws LT_USAGE when another register has issued meanwhile: nobody of these people gets a code then. */
async function issueSerials({ log, reader, source }: RegisterOptions, people: readonly Registration[]): Promise<Issue> {
  const { election, roll } = reader.life;
  const issue = await appendIssue(log, reader, source.id, countUnits(unitsOf(roll.space, people)));
  if (issue === undefined) throw anotherRegister(election);
  return issue;
}

/** Records those whom a register that died had issued serials, and issues none. */
async function resume({ log, reader, source }: RegisterOptions, recorder: Recorder): Promise<number> {
  let resumed = 0;
  for (const issue of await findUnfinished(log, reader.life, () => reader.catchUp())) {
    if (issue.source !== source.id) {
      requireOpenRoll(reader); // the roll of a replayed pack has no people, and never will
      throw otherUnfinished(issue);
    }
    const people = await peopleOf(source, issue);
    await recorder.record(people, issue, issue.missingFrom);
    resumed += issue.upTo - issue.missingFrom;
  }
  return resumed;
}

async function peopleOf(source: PeopleSource, { from, upTo }: Issue): Promise<readonly Registration[]> {
  for await (const people of source.batches(from, upTo - from)) if (people.length === upTo - from) return people;
  throw new LivetallyError(
    'LT_USAGE',
    `${upTo} people of ${source.id} have serials, and it has ${source.people} now.`,
    {
      next: `Register at least ${upTo}, as the register that was interrupted did.`,
    },
  );
}

function batchSize({ batchPeople = BATCH_PEOPLE, ratePerSecond = Infinity, codes }: RegisterOptions): number {
  if (codes !== undefined) return batchPeople;
  return Math.max(1, Math.min(batchPeople, Math.ceil(ratePerSecond / BATCHES_PER_SECOND)));
}

function anotherRegister(election: Election): LivetallyError {
  return new LivetallyError('LT_USAGE', `Another register is at work on ${titleOf(election)}.`, {
    next: 'One at a time registers people. When the other one has ended, run this again: it goes on where it was.',
  });
}

function otherUnfinished({ source, upTo, missingFrom }: UnfinishedIssue): LivetallyError {
  return new LivetallyError('LT_USAGE', `A register of ${source} was interrupted: ${upTo - missingFrom} are missing.`, {
    next: `Run the register of ${source} again first; it goes on where it was.`,
  });
}
