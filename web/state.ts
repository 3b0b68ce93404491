import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { ContestFigures } from '../src/election/figures.ts';
import type { ContestText, Snapshot, Texts, View } from '../src/stages/4-publish/view.ts';
import type { Connection } from './live.ts';
import { standingOf, type Standing } from './standing.ts';

/** What is known, and what is looked at. Everything on the page follows from these. */
export const connection: Signal<Connection> = signal({ kind: 'connecting' });
export const nowMs: Signal<number> = signal(Date.now());
export const paused: Signal<boolean> = signal(false);
export const chosenContest: Signal<string | undefined> = signal(undefined);

/** The newest that came, and what is shown of it: while paused, an older one. */
const newest: Signal<Arrival | undefined> = signal(undefined);
const shown: Signal<Arrival | undefined> = signal(undefined);

interface Arrival {
  readonly view: View;
  readonly skewMs: number;
}

export const snapshot: ReadonlySignal<Snapshot | undefined> = computed(() => shown.value?.view.snapshot);

/** Age of the figures shown, by the server's clock. */
export const ageMs: ReadonlySignal<number> = computed(() => {
  const arrival = shown.value;
  if (arrival === undefined) return 0;
  return Math.max(0, nowMs.value - arrival.skewMs - Date.parse(arrival.view.snapshot.at));
});

/** The contest looked at, and how it stands; `figures` is absent while results are hidden. */
export interface Looked {
  readonly texts: Texts;
  readonly snapshot: Snapshot;
  readonly at: number;
  readonly contest: ContestText;
  readonly figures: ContestFigures | undefined;
  readonly standing: Standing | undefined;
}

export const looked: ReadonlySignal<Looked | undefined> = computed(() => {
  const view = shown.value?.view;
  if (view === undefined) return undefined;
  const at = Math.max(
    0,
    view.texts.contests.findIndex(({ id }) => id === chosenContest.value),
  );
  const contest = view.texts.contests[at];
  if (contest === undefined) return undefined;
  const figures = view.snapshot.contests[at];
  const standing = figures === undefined ? undefined : standingOf(contest, figures);
  return { ...view, at, contest, figures, standing };
});

export function receive(view: View, skewMs: number): void {
  newest.value = { view, skewMs };
  nowMs.value = Date.now();
  if (!paused.value || shown.value === undefined) shown.value = newest.value;
}

export function togglePause(): void {
  paused.value = !paused.value;
  if (!paused.value) shown.value = newest.value;
}
