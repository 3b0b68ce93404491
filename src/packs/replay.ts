import { unitIndex } from '../election/roll.ts';
import { LivetallyError } from '../error.ts';
import { closeElection } from '../lifecycle/close.ts';
import { defineElection } from '../lifecycle/define.ts';
import type { LifeReader } from '../lifecycle/life-reader.ts';
import { openElection } from '../lifecycle/open.ts';
import type { Log, NewRecord } from '../ports/log.ts';
import { allocate } from '../stages/1-register/issue.ts';
import type { Intake } from '../stages/2-vote/intake.ts';
import { createDraws } from '../stages/seeded-draws.ts';
import { encodeEvent } from '../topics/events.ts';
import { topicName } from '../topics/topics.ts';
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

/** In one event; a Kafka record takes a megabyte. */
const RUNS_AN_EVENT = 5_000;

/** Issues the pack's roll, or what an earlier run of the replay left of it. */
async function issueRoll({ pack, log, electionId }: ReplayOptions, reader: LifeReader): Promise<void> {
  const source = `pack:${pack.origin.name}`;
  const { roll, registered } = reader.life;
  const other = [...registered.keys()].find((known) => known !== source);
  if (other !== undefined) throw otherVoters(electionId, `those of ${other}`);
  const wanted = new Map(
    pack.units.flatMap(({ place, cohort, eligible }) => {
      const unit = unitIndex(roll.space, place, cohort)!;
      const left = eligible - roll.eligible[unit]!;
      return left > 0 ? [[unit, left]] : [];
    }),
  );
  const records: NewRecord[] = [];
  let upTo = registered.get(source) ?? 0;
  const runs = allocate(roll, wanted);
  for (let at = 0; at < runs.length; at += RUNS_AN_EVENT) {
    const some = runs.slice(at, at + RUNS_AN_EVENT);
    upTo += some.reduce((people, [, count]) => people + count, 0);
    records.push({ value: encodeEvent({ type: 'issued', source, upTo, runs: some }) });
  }
  if (records.length > 0) await log.append(topicName(electionId, 'events'), 0, records);
  await reader.catchUp();
  const strange = pack.units.find(({ place, cohort, eligible }) => {
    return roll.eligible[unitIndex(roll.space, place, cohort)!] !== eligible;
  });
  if (strange !== undefined) throw otherVoters(electionId, `such as in ${strange.place} ${strange.cohort}`);
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
