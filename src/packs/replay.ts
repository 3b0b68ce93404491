import { unitIndex, type Roll } from '../election/roll.ts';
import { LivetallyError } from '../error.ts';
import { closeElection } from '../lifecycle/close.ts';
import { defineElection } from '../lifecycle/define.ts';
import type { LifeReader } from '../lifecycle/life-reader.ts';
import { openElection } from '../lifecycle/open.ts';
import type { Log } from '../ports/log.ts';
import { appendIssue } from '../stages/1-register/append-issue.ts';
import type { Intake } from '../stages/2-vote/intake.ts';
import { createDraws } from '../stages/seeded-draws.ts';
import { issuedRanges } from './deal-serials.ts';
import type { Pack } from './pack.ts';
import { BallotWriter } from './replay-ballots.ts';

export interface ReplayOptions {
  readonly pack: Pack;
  readonly log: Log;
  /** The election to replay into, which need not be named as in the pack. */
  readonly electionId: string;
  /** Of the same election and partitions. */
  readonly intake: Intake;
  readonly partitions: number;
  /** Which serial gets which ballot, and in what order they come; the counts are the same with any. */
  readonly seed?: string | number;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** Ballots known to be durable, of all. */
export interface ReplayProgress {
  readonly ballots: number;
  readonly total: number;
}

export interface ReplayResult {
  /** Ballots made durable by this run: 0 when the election was closed before. */
  readonly ballots: number;
  /** False when it was stopped: run it again, and what was counted already is a repeat. */
  readonly complete: boolean;
}

/**
 * A pack through the real front door: define, issue, open, ballots, close. What it wrote is counted like any election.
 * On abort it takes no more ballots, waits for those under way, and leaves the election open.
 * Throws LT_ELECTION_FROZEN when the election is defined otherwise, or has other voters.
 */
export async function replay(options: ReplayOptions, signal: AbortSignal): Promise<ReplayResult> {
  const { pack, log, electionId, partitions } = options;
  const reader = await defineElection(log, { ...pack.election, id: electionId }, partitions);
  if (reader.life.closed !== undefined) return { ballots: 0, complete: true };

  await issueRoll(options, reader);
  await openElection(log, reader);
  const draws = createDraws(options.seed ?? pack.origin.name);
  const writer = new BallotWriter(pack, issuedRanges(reader.life.roll, pack.units), draws);
  const ballots = await sendAll(writer, options, signal);
  if (writer.left > 0) return { ballots, complete: false };

  await closeElection(log, reader);
  return { ballots, complete: true };
}

/** In one issue, a run or two each; a Kafka record takes a megabyte. */
const UNITS_AN_ISSUE = 5_000;

/** Issues the pack's roll, or what an earlier run of the replay left of it; another one at the same time shares the work. */
async function issueRoll({ pack, log, electionId }: ReplayOptions, reader: LifeReader): Promise<void> {
  const source = `pack:${pack.origin.name}`;
  const { roll, registered } = reader.life;
  for (;;) {
    const other = [...registered.keys()].find((known) => known !== source);
    if (other !== undefined) throw otherVoters(electionId, `those of ${other}`);
    const missing = missingVoters(pack, roll);
    if (missing.length === 0) break;
    // Resolves with nothing where another issue came first: then some of them are missing no longer.
    await appendIssue(log, reader, source, new Map(missing.slice(0, UNITS_AN_ISSUE)));
  }
  const strange = pack.units.find(({ place, cohort, eligible }) => {
    return roll.eligible[unitIndex(roll.space, place, cohort)!] !== eligible;
  });
  if (strange !== undefined) throw otherVoters(electionId, `such as in ${strange.place} ${strange.cohort}`);
}

/** By unit, in order, so that serials follow the units. */
function missingVoters({ units }: Pack, roll: Roll): [unit: number, people: number][] {
  return units
    .map(({ place, cohort, eligible }): [number, number] => {
      const unit = unitIndex(roll.space, place, cohort)!;
      return [unit, eligible - roll.eligible[unit]!];
    })
    .filter(([, people]) => people > 0)
    .toSorted(([one], [other]) => one - other);
}

function otherVoters(electionId: string, such: string): LivetallyError {
  return new LivetallyError(
    'LT_ELECTION_FROZEN',
    `The election ${electionId} has other voters than this pack, ${such}.`,
    {
      next: 'Replay into an empty data folder.',
    },
  );
}

/** About a full record for each of four partitions. */
const CHUNK_BYTES = 1024 * 1024;
/** Enough that the disk never waits for ballots to be written, and intake is never full. */
const CHUNKS_UNDER_WAY = 16;

/** Sends everything, several chunks at a time. Resolves with the ballots made durable. */
async function sendAll(writer: BallotWriter, options: ReplayOptions, signal: AbortSignal): Promise<number> {
  const total = writer.left;
  const underWay = new Set<Promise<void>>();
  const spare = Array.from({ length: CHUNKS_UNDER_WAY }, () => Buffer.allocUnsafeSlow(CHUNK_BYTES));
  let ballots = 0;
  let failure: unknown;

  async function send(buffer: Buffer<ArrayBuffer>, bytes: number, lines: number): Promise<void> {
    try {
      const { recorded } = await options.intake.accept(buffer.subarray(0, bytes));
      if (recorded !== lines) throw new Error(`Intake recorded ${recorded} of ${lines} ballots.`);
      ballots += recorded;
      options.onProgress?.({ ballots, total });
    } catch (error) {
      failure ??= error;
    }
    spare.push(buffer);
  }

  while (writer.left > 0 && failure === undefined && !signal.aborted) {
    const buffer = spare.pop();
    if (buffer === undefined) {
      await Promise.race(underWay);
      continue;
    }
    const before = writer.left;
    const bytes = writer.fill(buffer);
    const sending = send(buffer, bytes, before - writer.left);
    underWay.add(sending);
    void sending.then(() => underWay.delete(sending));
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw failure as Error;
  return ballots;
}
