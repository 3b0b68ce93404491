import type { SingleBar } from 'cli-progress';

/** Shows how far long work is, with rate and time left: a bar on a terminal, else a plain line now and then. */
export interface Progress {
  update(done: number, total?: number): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly what: string;
  readonly unit: string;
  readonly total: number | undefined;
  readonly quiet: boolean;
}

/** Work shorter than this shows nothing. */
const SILENT_MS = 500;
const PLAIN_EVERY_MS = 5000;

export function openProgress(options: ProgressOptions): Progress {
  const startedAt = performance.now();
  const plain = !process.stderr.isTTY;
  let total = options.total;
  let done = 0;
  let shownAt = startedAt + (plain ? 0 : SILENT_MS - PLAIN_EVERY_MS);
  let bar: SingleBar | undefined;
  let loading: Promise<void> | undefined;
  let stopped = false;

  async function load(): Promise<void> {
    const { default: cliProgress } = await import('cli-progress');
    if (stopped) return;
    bar = new cliProgress.SingleBar({
      format: `${options.what} {bar} {text}`,
      barsize: 24,
      hideCursor: true,
      stream: process.stderr,
    });
    bar.start(total ?? 1, 0, { text: '' });
  }

  function show(): void {
    const text = describe(done, total, performance.now() - startedAt, options.unit);
    if (plain) process.stderr.write(`${options.what}: ${text}\n`);
    else if (bar !== undefined) {
      bar.setTotal(Math.max(total ?? done, 1));
      bar.update(done, { text });
    } else loading ??= load();
  }

  return {
    update(nowDone, nowTotal) {
      done = nowDone;
      total = nowTotal ?? total;
      if (options.quiet || performance.now() - shownAt < (plain ? PLAIN_EVERY_MS : 100)) return;
      shownAt = performance.now();
      show();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      if (options.quiet) return;
      if (bar !== undefined) show();
      bar?.stop();
    },
  };
}

/** `41,200 of 100,000 people, 20,600 a second, 3 s left` */
export function describe(done: number, total: number | undefined, elapsedMs: number, unit: string): string {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const parts = [
    total === undefined ? `${number(done)} ${unit}` : `${number(done)} of ${number(total)} ${unit}`,
    `${number(perSecond)} a second`,
  ];
  if (total !== undefined && perSecond > 0 && done < total) parts.push(`${duration((total - done) / perSecond)} left`);
  return parts.join(', ');
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
