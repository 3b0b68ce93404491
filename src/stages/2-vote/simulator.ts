import { createHash } from 'node:crypto';
import { canonicalJson } from '../../election/canonical-json.ts';
import type { Election } from '../../election/election.ts';
import { ballotSpace } from '../../election/space.ts';
import type { LifeReader } from '../../lifecycle/life-reader.ts';
import type { Log } from '../../ports/log.ts';
import { topicName } from '../../topics/topics.ts';
import { createPace, type Clock } from '../pace.ts';
import { createCaster, type Cast, type Caster } from './casts.ts';
import type { Intake } from './intake.ts';
import { registeredIssues, type RegisteredIssue } from './registered-issues.ts';
import { openSimulatorCursor, type SimulatorPoint } from './simulator-cursor.ts';

export interface SimulateOptions {
  readonly log: Log;
  /** Of the election; nobody else may use it meanwhile. */
  readonly reader: LifeReader;
  readonly intake: Pick<Intake, 'accept'>;
  readonly seed: string | number;
  /** Lines; as fast as the intake takes them when absent. */
  readonly ratePerSecond?: number;
  /** Share of the registered who vote; that of the election file when absent. */
  readonly turnout?: number;
  /** Where to note how far it came; without it every run starts at the first registration. */
  readonly cursorFile?: string;
  /** Of several that share the work: casts for every `of`th issue only. All of them together cast what one alone would. */
  readonly part?: { readonly number: number; readonly of: number };
  /** Wait for more registrations, until the signal aborts or the election closes. */
  readonly follow: boolean;
  /** After every batch that is durable. */
  readonly onProgress?: (cast: Simulated) => void;
}

/** Lines made durable by this run. */
export interface Simulated {
  readonly ballots: number;
  /** Ballots sent once more, with the same or with another choice. */
  readonly repeats: number;
  readonly malformed: number;
}

/** Lines in one call of the intake: a flush is spread over them, and a process that is killed casts no more twice. */
const BATCH_LINES = 8192;
/** With a rate: often enough to look like a stream. */
const BATCHES_PER_SECOND = 10;

/**
 * Casts ballots for the people who register, as they register, through the same intake as everyone. The same seed and
 * the same registrations give the same lines, whatever the rate and however often it is stopped: it goes on behind
 * the last batch that was durable. On abort it ends after the batch under way. Throws what the intake throws.
 */
export async function simulate(options: SimulateOptions, signal: AbortSignal, clock?: Clock): Promise<Simulated> {
  const { log, reader, seed, follow } = options;
  await reader.catchUp();
  const { election } = reader.life;
  const turnout = options.turnout ?? election.simulation.turnout;
  const logId = await log.topicId(topicName(election.id, 'events'));
  const cursor = await openSimulatorCursor(
    options.cursorFile,
    logId,
    behaviourOf(election, seed, turnout, options.part),
  );
  const caster = createCaster(election, seed, turnout);
  const sender = createSender(options, caster, (point) => cursor.save(point), signal, clock);

  const from = cursor.point;
  const issues = registeredIssues({ log, electionId: election.id, space: ballotSpace(election), from, follow }, signal);
  try {
    for await (const issue of issues) {
      await reader.catchUp();
      if (reader.life.closed !== undefined) break;
      if (!isOurs(issue, options.part)) continue;
      await sender.send(issue, issue.start.events <= from.events ? from.lines : 0);
    }
  } finally {
    await sender.idle();
  }
  return sender.sent();
}

/** Sends the lines of issues in batches: one is becoming durable while the next is written. */
interface Sender {
  /** From line `skip` on. */
  send(issue: RegisteredIssue, skip: number): Promise<void>;
  idle(): Promise<void>;
  sent(): Simulated;
}

function createSender(
  options: SimulateOptions,
  caster: Caster,
  save: (point: SimulatorPoint) => Promise<void>,
  signal: AbortSignal,
  clock: Clock | undefined,
): Sender {
  const { intake, ratePerSecond = Infinity, onProgress } = options;
  const batchLines = Math.max(1, Math.min(BATCH_LINES, Math.ceil(ratePerSecond / BATCHES_PER_SECOND)));
  const pace = createPace(ratePerSecond, clock);
  let sent: Simulated = { ballots: 0, repeats: 0, malformed: 0 };
  let sending = Promise.resolve();

  async function deliver(lines: Buffer, batch: readonly Cast[], after: SimulatorPoint): Promise<void> {
    await intake.accept(lines);
    await save(after);
    sent = added(sent, batch);
    onProgress?.(sent);
  }

  return {
    async send({ start, end, ...issue }, skip) {
      const casts = caster.castsOf(issue);
      for (let at = skip; at < casts.length; at += batchLines) {
        const batch = casts.slice(at, at + batchLines);
        await pace.next(batch.length, signal);
        if (signal.aborted) return;
        const lines = Buffer.from(batch.map((cast) => `${caster.lineOf(cast)}\n`).join(''));
        const isLast = at + batch.length === casts.length;
        await sending;
        sending = deliver(lines, batch, isLast ? { ...end, lines: 0 } : { ...start, lines: at + batch.length });
        sending.catch(() => undefined); // awaited before the next, or by `idle`, where it rejects
      }
    },
    idle: () => sending,
    sent: () => sent,
  };
}

function added(sent: Simulated, batch: readonly Cast[]): Simulated {
  const malformed = batch.filter(({ kind }) => kind === 'malformed').length;
  const ballots = batch.filter(({ kind }) => kind === 'ballot').length;
  return {
    ballots: sent.ballots + ballots,
    repeats: sent.repeats + batch.length - ballots - malformed,
    malformed: sent.malformed + malformed,
  };
}

/** By where the issue stands in the log, which is the same for everyone. */
function isOurs({ end }: RegisteredIssue, part: SimulateOptions['part']): boolean {
  return part === undefined || end.events % part.of === part.number - 1;
}

function behaviourOf(
  election: Election,
  seed: string | number,
  turnout: number,
  part: SimulateOptions['part'],
): string {
  const { contests, places, cohorts, simulation } = election;
  const text = canonicalJson({ contests, places, cohorts, simulation, seed: String(seed), turnout, part });
  return createHash('sha256').update(text).digest('hex');
}
