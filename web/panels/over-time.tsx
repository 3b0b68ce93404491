import type { JSX } from 'preact';
import { ShareLines } from '../charts/share-lines.tsx';
import { shareLines } from '../share-history.ts';
import type { Looked } from '../state.ts';

/** How the shares of the leaders went as ballots were counted. */
export function OverTimePanel({ view }: { view: Looked }): JSX.Element | null {
  const lines = shareLines(view);
  if (lines.length === 0) return null;
  return (
    <section class="card">
      <h2>Over time</h2>
      <p>Share of the vote as ballots were counted.</p>
      <ShareLines lines={lines} at={view.snapshot.rates.history.at} />
    </section>
  );
}
