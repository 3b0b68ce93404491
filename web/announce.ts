import { effect, signal, type Signal } from '@preact/signals';
import { headlineOf } from './headline.ts';
import { looked } from './state.ts';

/** What screen readers are told, politely: the headline, when it changed, at most once in ten seconds. */
export const announcement: Signal<string> = signal('');

const ANNOUNCE_EVERY_MS = 10_000;

export function announce(): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    if (looked.value === undefined) return;
    const headline = headlineOf(looked.value);
    document.title = `${headline} · ${looked.value.texts.title}`;
    waiting ??= setTimeout(() => {
      waiting = undefined;
      if (looked.value !== undefined) announcement.value = headlineOf(looked.value);
    }, ANNOUNCE_EVERY_MS);
  });
}
