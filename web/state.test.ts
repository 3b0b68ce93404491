import { beforeEach, expect, test } from 'vitest';
import type { Snapshot, Texts, View } from '../src/stages/4-publish/view.ts';
import { ageMs, chosenContest, looked, nowMs, paused, receive, snapshot, togglePause } from './state.ts';

const TEXTS = {
  contests: ['one', 'two'].map((id) => ({ id, title: id, method: 'plurality', candidates: [{ id: 'a', name: 'A' }] })),
} as unknown as Texts;

function view(lines: number, changes: Partial<Snapshot> = {}): View {
  const contests = [1, 2].map((factor) => ({ valid: lines * factor, blank: 0, rejected: 0, votes: [lines * factor] }));
  return { texts: TEXTS, snapshot: { lines, at: new Date(1_000_000).toISOString(), contests, ...changes } as Snapshot };
}

beforeEach(() => {
  paused.value = false;
  chosenContest.value = undefined;
  receive(view(1), 0);
});

test('[H20] while paused the figures stand still; going on shows the newest at once', () => {
  togglePause();
  receive(view(2), 0);
  receive(view(3), 0);
  expect(snapshot.value?.lines).toBe(1);
  togglePause();
  expect(snapshot.value?.lines).toBe(3);
});

test('[H20] the contest that is looked at; the first, when there is no such contest', () => {
  expect([looked.value?.contest.id, looked.value?.figures?.valid]).toEqual(['one', 1]);
  chosenContest.value = 'two';
  expect([looked.value?.contest.id, looked.value?.figures?.valid]).toEqual(['two', 2]);
  chosenContest.value = 'gone';
  expect(looked.value?.contest.id).toBe('one');
});

test('[H20] while results are hidden there are no figures, and nobody stands anywhere', () => {
  receive(view(1, { contests: [] }), 0);
  expect([looked.value?.figures, looked.value?.standing]).toEqual([undefined, undefined]);
});

test('[H20] the age goes by the clock of the server, and is never negative', () => {
  receive(view(1), 5000);
  nowMs.value = 1_008_000;
  expect(ageMs.value).toBe(3000);
  nowMs.value = 1_001_000;
  expect(ageMs.value).toBe(0);
});
