import type { HistoryView } from './view.ts';

/** The count at one moment. */
export interface HistoryPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly lines: number;
  readonly counted: number;
  readonly contests: readonly { readonly valid: number; readonly votes: readonly number[] }[];
}

const MOST_POINTS = 120;
const FIRST_SPACING_MS = 1000;
const RATE_WINDOW_MS = 10_000;
/** Lines in a chart that are still told apart. */
const LEADERS = 4;

/** How the count went, in bounded memory: when it is full, every second point goes, and new ones come half as often. */
export interface History {
  add(point: HistoryPoint): void;
  /** Ballot lines a second in the last ten seconds. */
  linesPerSecond(now: number): number;
  view(): HistoryView;
}

export function createHistory(): History {
  let points: HistoryPoint[] = [];
  let spacingMs = FIRST_SPACING_MS;
  /** The last ten seconds in full, and the one point before them. */
  let recent: HistoryPoint[] = [];

  function add(added: HistoryPoint): void {
    const last = points.at(-1);
    // Clocks of several machines differ a little, and any clock may be set back; time here only goes on.
    const point = { ...added, at: Math.max(added.at, last?.at ?? 0) };
    recent.push(point);
    recent = sinceWindow(recent, point.at);
    if (last !== undefined && point.at - last.at > 2 * spacingMs) points.push({ ...last, at: point.at - spacingMs });
    // The newest point stands for now: the next one takes its place until it is far enough from the one before.
    const before = points.at(-2);
    if (before !== undefined && points.at(-1)!.at - before.at < spacingMs) points.pop();
    points.push(point);
    if (points.length > MOST_POINTS) thin();
  }

  function thin(): void {
    points = points.filter((_, at) => at % 2 === 0 || at === points.length - 1);
    spacingMs *= 2;
  }

  function linesPerSecond(now: number): number {
    const window = sinceWindow(recent, now);
    const [first, newest] = [window[0], window.at(-1)];
    if (first === undefined || newest === undefined || newest.at <= now - RATE_WINDOW_MS) return 0;
    const sinceMs = Math.max(first.at, now - RATE_WINDOW_MS);
    const lines = Math.max(0, newest.lines - first.lines);
    return lines === 0 ? 0 : (lines * 1000) / Math.max(FIRST_SPACING_MS, now - sinceMs);
  }

  return { add, linesPerSecond, view: () => historyView(points) };
}

function sinceWindow(points: readonly HistoryPoint[], now: number): HistoryPoint[] {
  const first = points.findIndex((point) => point.at > now - RATE_WINDOW_MS);
  return points.slice(first < 0 ? -1 : Math.max(0, first - 1));
}

function historyView(points: readonly HistoryPoint[]): HistoryView {
  return {
    at: points.map((point) => point.at),
    lines: points.map((point) => point.lines),
    counted: points.map((point) => point.counted),
    contests: (points.at(-1)?.contests ?? []).map((newest, contest) => {
      const candidates = leaders(newest.votes);
      return {
        valid: points.map((point) => point.contests[contest]?.valid ?? 0),
        candidates,
        votes: candidates.map((at) => points.map((point) => point.contests[contest]?.votes[at] ?? 0)),
      };
    }),
  };
}

function leaders(votes: readonly number[]): number[] {
  return votes
    .map((_, at) => at)
    .sort((one, other) => votes[other]! - votes[one]!)
    .slice(0, LEADERS);
}
