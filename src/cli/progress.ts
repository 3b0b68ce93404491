import { duration, figure } from './figures-text.ts';
import type { StatusLine } from './status-line.ts';

/** Shows how far long work is, with rate and time left: a bar on a terminal, else a plain line now and then. */
export interface Progress {
  update(done: number, total?: number): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly what: string;
  /** `people`, `ballots`. */
  readonly unit: string;
  /** Absent when it is not known. */
  readonly total?: number | undefined;
  /** How many were done before this run: they do not count for the rate. */
  readonly from?: number;
}

/** Where it is shown: rewritten in place on a terminal; `undefined` lines are never shown. */
export interface ProgressOutput {
  readonly line: StatusLine | undefined;
  readonly say: (text: string) => void;
}

/** Work shorter than this shows nothing. */
const SILENT_MS = 500;
const LINE_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5000;
const BAR_WIDTH = 24;

export function openProgress(
  options: ProgressOptions,
  { line, say }: ProgressOutput,
  now: () => number = () => performance.now(),
): Progress {
  const { what, unit, from = 0 } = options;
  const everyMs = line === undefined ? PLAIN_EVERY_MS : LINE_EVERY_MS;
  const startedAt = now();
  let { total } = options;
  let done = from;
  let shown: number | undefined;
  let shownAt = startedAt + (line === undefined ? 0 : SILENT_MS - LINE_EVERY_MS);
  // Work that gives the event loop no turn is shown by `update`, work that waits by the timer.
  const timer = setInterval(showIfDue, everyMs);
  timer.unref();

  function showIfDue(): void {
    if (now() - shownAt < everyMs) return;
    shownAt = now();
    // A stage that follows waits for days: no line of its log says nothing new.
    if (line === undefined && done === shown) return;
    shown = done;
    const text = progressText({ done, from, total, elapsedMs: now() - startedAt, unit });
    if (line === undefined) say(`${what}: ${text}`);
    else line.show(`${what} ${total === undefined ? '' : `${bar(done, total)} `}${text}`);
  }

  return {
    update(nowDone, nowTotal) {
      done = nowDone;
      total = nowTotal ?? total;
      showIfDue();
    },
    stop() {
      clearInterval(timer);
      line?.clear();
    },
  };
}

export interface ProgressFigures {
  readonly done: number;
  readonly from: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
  readonly unit: string;
}

/** `41,200 of 100,000 people, 20,600 a second, 3 s left` */
export function progressText({ done, from, total, elapsedMs, unit }: ProgressFigures): string {
  const perSecond = elapsedMs > 0 ? ((done - from) * 1000) / elapsedMs : 0;
  const parts = [total === undefined ? `${figure(done)} ${unit}` : `${figure(done)} of ${figure(total)} ${unit}`];
  if (done > from) parts.push(`${figure(perSecond)} a second`);
  if (total !== undefined && perSecond > 0 && done < total) parts.push(`${duration((total - done) / perSecond)} left`);
  return parts.join(', ');
}

function bar(done: number, total: number): string {
  const full = Math.round(BAR_WIDTH * Math.min(1, total === 0 ? 1 : done / total));
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}
