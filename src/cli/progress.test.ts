import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLiveCount } from './live-count.ts';
import { openProgress, progressText, type Progress } from './progress.ts';
import { createTerminal } from './terminal.ts';
import type { Snapshot } from '../stages/4-publish/view.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work on 1,000 people, 100 a second, of which 200 were done by an earlier run. */
function work(progress: Progress, seconds: number): void {
  for (let second = 1; second <= seconds; second++) {
    vi.advanceTimersByTime(1000);
    progress.update(200 + 100 * second);
  }
}

const OPTIONS = { what: 'register', unit: 'people', total: 1000, from: 200 };

describe('[C12] progress', () => {
  it('says how many, how fast and how long, not counting what an earlier run did', () => {
    const figures = { done: 500, from: 200, total: 1000, elapsedMs: 3000, unit: 'people' };
    expect(progressText(figures)).toBe('500 of 1,000 people, 100 a second, 5 s left');
    expect(progressText({ ...figures, total: undefined })).toBe('500 people, 100 a second');
    expect(progressText({ ...figures, done: 200 })).toBe('200 of 1,000 people');
    expect(progressText({ ...figures, done: 1000 })).toBe('1,000 of 1,000 people, 267 a second');
    expect(progressText({ ...figures, total: 1_000_000 })).toContain('2.8 h left');
  });

  it('not on a terminal: a plain line every five seconds', () => {
    const said: string[] = [];
    const progress = openProgress(OPTIONS, { line: undefined, say: (text) => said.push(text) });
    work(progress, 6);
    progress.stop();
    expect(said).toEqual(['register: 600 of 1,000 people, 80 a second, 5 s left']);
  });

  it('on a terminal: a bar in one line, gone at the end, also while nothing moves', () => {
    const shown: string[] = [];
    let cleared = 0;
    const line = { show: (text: string) => void shown.push(text), clear: () => void cleared++ };
    const progress = openProgress(OPTIONS, { line, say: () => expect.unreachable() });
    vi.advanceTimersByTime(1000);
    expect(shown.at(-1)).toBe('register █████░░░░░░░░░░░░░░░░░░░ 200 of 1,000 people');
    work(progress, 2);
    vi.advanceTimersByTime(200);
    expect(shown.at(-1)).toMatch(/^register █{10}░{14} 400 of 1,000 people, \d+ a second, \d+ s left$/);
    progress.stop();
    expect(cleared).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(shown.at(-1)).toContain('400 of 1,000');
  });

  it('shows nothing of what is done in a moment', () => {
    const line = { show: () => expect.unreachable(), clear: () => undefined };
    const progress = openProgress(OPTIONS, { line, say: () => expect.unreachable() });
    vi.advanceTimersByTime(100);
    progress.update(1000);
    progress.stop();
  });

  it('says no plain line twice while nothing is done', () => {
    const said: string[] = [];
    const progress = openProgress(OPTIONS, { line: undefined, say: (text) => said.push(text) });
    progress.update(300);
    vi.advanceTimersByTime(60_000);
    progress.update(301);
    vi.advanceTimersByTime(60_000);
    progress.stop();
    expect(said).toHaveLength(2);
  });

  it('is silent with --json', () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const terminal = createTerminal(true);
    work(terminal.progress(OPTIONS), 20);
    terminal.say('a sentence');
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });

  it('of a running count: a plain line every ten seconds, while it moves', () => {
    const said: string[] = [];
    let nowMs = 0;
    const count = openLiveCount({ line: undefined, say: (text) => said.push(text) }, () => nowMs);
    const snapshot = { eligible: 5000, outcomes: { counted: 1234 }, rates: { perSecond: 99 } } as unknown as Snapshot;
    for (; nowMs <= 25_000; nowMs += 1000) count.show(snapshot);
    expect(said).toEqual(Array(2).fill('5,000 registered, 1,234 counted, 99 ballots a second'));
  });
});
