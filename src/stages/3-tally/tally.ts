import { ballotEnds } from '../../lifecycle/ballot-ends.ts';
import { createLifeReader, type LifeReader } from '../../lifecycle/life-reader.ts';
import { IN_PROCESS } from '../../election/make-report.ts';
import type { Engine } from '../../ports/engine.ts';
import type { FetchedRecords, Log } from '../../ports/log.ts';
import type { Life } from '../../topics/life.ts';
import { covers, coversBallots, startPosition, type Position } from '../../topics/position.ts';
import { topicName } from '../../topics/topics.ts';
import { Counter } from './count.ts';
import { readSnapshot, writeSnapshot, type Snapshot } from './snapshot.ts';
import { stepBytes } from './step-bytes.ts';

export interface TallyEngineOptions {
  readonly snapshotFile?: string | undefined;
  /** Count from zero, whatever the snapshot says. */
  readonly rebuild?: boolean | undefined;
}

/**
 * The in-process engine. Starts from the snapshot if it is of this log, else from zero.
 * Throws LT_SNAPSHOT_CORRUPT, LT_NO_ELECTION.
 */
export async function openTallyEngine(log: Log, electionId: string, options: TallyEngineOptions = {}): Promise<Engine> {
  const topic = topicName(electionId, 'ballots');
  const snapshot = await usableSnapshot(log, electionId, options);
  const reader = createLifeReader(log, electionId);
  await reader.catchUp(snapshot?.position.events);
  let counter = snapshot?.restore(reader.life) ?? new Counter(reader.life);
  let ballots = [...(snapshot?.position.ballots ?? startPosition(reader.life.partitions).ballots)];
  const logId = await identity(log, electionId, reader);
  let fetching: Promise<readonly FetchedRecords[]> | undefined;

  /** A close or an exclusion that touches what is counted already: the fold starts again, with the events known. */
  function startAgain(): void {
    counter = new Counter(reader.life);
    ballots = ballots.map(() => 0);
  }

  function fetch(waitMs: number, signal?: AbortSignal): Promise<readonly FetchedRecords[]> {
    const maxBytes = stepBytes(ballots.length);
    return log.fetch(topic, ballots, { maxBytes, waitMs, ...(signal === undefined ? {} : { signal }) });
  }

  async function step(waitMs: number, signal?: AbortSignal): Promise<number> {
    const readAhead = fetching;
    fetching = undefined; // also when it failed: the next step tries anew
    const fetched = await (readAhead ?? fetch(waitMs, signal));
    // An issue is durable before its serials are used, so the events read after a ballot hold its issue.
    const before = marksOf(reader.life);
    const events = await reader.catchUp();
    if (events > 0 && reachesBack(before, reader.life, ballots)) {
      startAgain();
      return events;
    }
    for (const { partition, next } of fetched) ballots[partition] = next;
    // The next records are read from the disk while these are folded.
    if (fetched.length > 0) {
      fetching = fetch(0);
      // The next step sees the failure; until then it is nobody's.
      fetching.catch(() => undefined);
    }
    let records = 0;
    for (const { partition, records: some } of fetched) {
      for (const record of some) counter.fold(partition, record.offset, record.value);
      records += some.length;
    }
    return records + events;
  }

  return {
    ...IN_PROCESS,
    close: async () => undefined,
    get life(): Life {
      return reader.life;
    },
    get position(): Position {
      return { events: reader.position, ballots: [...ballots] };
    },
    get complete(): boolean {
      const { closed } = reader.life;
      return closed !== undefined && coversBallots({ ballots }, closed);
    },
    tally: () => counter.tally(),
    step,
    async save() {
      if (options.snapshotFile === undefined) return;
      await writeSnapshot(options.snapshotFile, counter, { events: reader.position, ballots: [...ballots] }, logId);
    },
  };
}

async function usableSnapshot(
  log: Log,
  electionId: string,
  options: TallyEngineOptions,
): Promise<Snapshot | undefined> {
  if (options.snapshotFile === undefined || options.rebuild === true) return undefined;
  const snapshot = await readSnapshot(options.snapshotFile);
  if (snapshot === undefined) return undefined;
  const reader = createLifeReader(log, electionId);
  await reader.catchUp(1);
  const same = snapshot.log === (await identity(log, electionId, reader));
  return same && (await withinLog(log, electionId, snapshot.position)) ? snapshot : undefined;
}

/** Topics made anew, or another election: not the log that the snapshot was made of. */
async function identity(log: Log, electionId: string, reader: LifeReader): Promise<string> {
  const ids = await Promise.all(
    (['events', 'ballots'] as const).map((topic) => log.topicId(topicName(electionId, topic))),
  );
  return [...ids, reader.life.hash].join(' ');
}

async function withinLog(log: Log, electionId: string, position: Position): Promise<boolean> {
  const events = await log.end(topicName(electionId, 'events'), 0);
  const ballots = await ballotEnds(log, electionId, position.ballots.length);
  return covers({ events, ballots }, position);
}

/** What a later event can change about ballots that have been counted. */
interface Marks {
  readonly closed: readonly number[] | undefined;
  readonly excluded: number;
}

function marksOf(life: Life): Marks {
  return { closed: life.closed, excluded: life.excludedRanges.length + life.excludedSerials.size };
}

function reachesBack(before: Marks, life: Life, ballots: readonly number[]): boolean {
  const now = marksOf(life);
  if (now.excluded !== before.excluded) return true;
  if (now.closed === before.closed || now.closed === undefined) return false;
  // Past a close that is moved, either way, lines have got the other outcome.
  return now.closed.some((offset, partition) => {
    return ballots[partition]! > Math.min(offset, before.closed?.[partition] ?? offset);
  });
}
