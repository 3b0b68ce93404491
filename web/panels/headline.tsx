import type { JSX } from 'preact';
import { headlineOf, ledeOf } from '../headline.ts';
import type { Looked } from '../state.ts';

export function HeadlinePanel({ view }: { view: Looked }): JSX.Element {
  return (
    <section class="headline">
      <h1>{headlineOf(view)}</h1>
      <p class="lede">{ledeOf(view)}</p>
    </section>
  );
}
