import { failing } from '../../election/equalities.ts';
import { makeReport } from '../../election/make-report.ts';
import type { Equality, Report } from '../../election/report.ts';
import type { Effects } from '../../ports/effects.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Log } from '../../ports/log.ts';
import { covers, formatPosition, parsePosition, type Position } from '../../topics/position.ts';
import { encodeReport } from '../../topics/results.ts';
import { topicName } from '../../topics/topics.ts';
import { newestReport } from './newest-report.ts';

/** Counts to reports: runs the engine, and at most once in `everyMs` puts what changed into `results`. */
export interface PublishOptions {
  readonly log: Log;
  readonly engine: Engine;
  readonly effects: Effects;
  /** Stop once everything in the log has been counted, instead of waiting for more. */
  readonly toEnd?: boolean | undefined;
  readonly everyMs?: number;
  readonly saveEveryMs?: number;
  /** After each step: the records and events folded in it. */
  readonly onStep?: (folded: number) => void;
}

export interface Published {
  /** The newest, whole. Not published if the count was stopped before it was where the last one published is. */
  readonly report: Report;
  /** The equalities that it breaks; then it was withheld. */
  readonly broken: readonly Equality[];
}

const REPORT_EVERY_MS = 1000;
const SAVE_EVERY_MS = 30_000;
const WAIT_MS = 250;

/**
 * Runs until the signal, or to the end of the log. The last report covers everything that was counted. Results never go
 * back: a count that starts from zero or from an old snapshot is not published before it is where the newest report
 * is, also when that is of another tally which publishes at the same time. Of several engine runs only the one that was
 * promoted publishes; the others count along, so that each can take over without a gap.
 */
export async function publish(options: PublishOptions, signal: AbortSignal): Promise<Published> {
  const { engine, effects, everyMs = REPORT_EVERY_MS, saveEveryMs = SAVE_EVERY_MS } = options;
  const results = createResults(options);
  let changed = true;
  let reportedAt = -Infinity;
  let savedAt = effects.now();
  let latest: Published | undefined;

  while (!signal.aborted) {
    const folded = await engine.step(options.toEnd === true ? 0 : WAIT_MS, signal);
    options.onStep?.(folded);
    if (folded > 0) changed = true;
    // All of the log is counted: a report of more was of another log. A cluster may just not have said more yet.
    else if (!signal.aborted && !engine.provisional) results.forget();
    if (folded === 0 && options.toEnd === true) break;
    if (changed && isDue(reportedAt, everyMs, effects) && (await results.areOurs())) {
      latest = await results.publish();
      reportedAt = effects.now();
      changed = false;
    }
    if (isDue(savedAt, saveEveryMs, effects)) {
      await engine.save();
      savedAt = effects.now();
    }
  }
  if (changed && (await results.areOurs())) latest = await results.publish();
  await engine.save();
  return latest ?? checkedReport(options);
}

/** The topic `results`, of which this may not be the only writer. */
interface Results {
  /** Whether this run is the one that publishes, and everything in the newest report is counted here. */
  areOurs(): Promise<boolean>;
  publish(): Promise<Published>;
  /** The newest report was of another log. */
  forget(): void;
}

function createResults(options: PublishOptions): Results {
  const { log, engine, effects } = options;
  const topic = topicName(engine.life.election.id, 'results');
  let newest: Position | undefined;
  let end = -1;
  let isFirst = true;
  let told = '';

  /** Once for each: a run with another id than before, as after an exclusion, has to be promoted again. */
  function tellAlong(promoted: string): void {
    const { run } = engine;
    if (told === `${promoted} ${run}`) return;
    told = `${promoted} ${run}`;
    effects.log.warn({ promoted, run }, 'This run counts along, and publishes nothing: another one is promoted.');
  }

  async function areOurs(): Promise<boolean> {
    const { promoted } = engine.life;
    if (promoted !== undefined && promoted !== engine.run) {
      tellAlong(promoted);
      return false;
    }
    const now = await log.end(topic, 0);
    if (now !== end) {
      if (!isFirst) effects.log.warn({ topic }, 'Another tally publishes the same election; one is enough.');
      newest = await newestPosition(options);
      end = now;
    }
    isFirst = false;
    return newest === undefined || covers(engine.position, newest);
  }

  return {
    areOurs,
    async publish() {
      const checked = checkedReport(options);
      const { report, broken } = checked;
      if (broken.length === 0) {
        const records = encodeReport(report);
        end = (await log.append(topic, 0, records)) + records.length;
        newest = parsePosition(report.position);
      } else {
        effects.log.error({ position: report.position, broken }, 'report withheld: an equality does not hold');
      }
      return checked;
    },
    forget() {
      newest = undefined;
    },
  };
}

/** Also when the clock was set back: reports must not wait until it is where it was. */
function isDue(doneAt: number, everyMs: number, effects: Effects): boolean {
  return Math.abs(effects.now() - doneAt) >= everyMs;
}

async function newestPosition({ log, engine }: PublishOptions): Promise<Position | undefined> {
  const { id, contests } = engine.life.election;
  const newest = await newestReport(log, id, contests.length);
  return newest === undefined ? undefined : parsePosition(newest.position);
}

function checkedReport({ engine, effects }: PublishOptions): Published {
  const report = reportOf(engine, effects.now());
  return { report, broken: failing(report.equalities) };
}

export function reportOf(engine: Engine, at: number): Report {
  return makeReport(engine.tally(), engine.life, formatPosition(engine.position), at, engine.complete, engine);
}
