import type { JSX } from 'preact';
import { announcement } from './announce.ts';
import { CohortPanel } from './panels/cohorts.tsx';
import { CountPanel } from './panels/count.tsx';
import { HeadlinePanel } from './panels/headline.tsx';
import { OverTimePanel } from './panels/over-time.tsx';
import { PlacesPanel } from './panels/places.tsx';
import { ProofPanel } from './panels/proof.tsx';
import { RacePanel } from './panels/race.tsx';
import { RankingPanel } from './panels/ranking.tsx';
import { TopBar } from './panels/top-bar.tsx';
import { formatNumber } from './format.ts';
import { connection, looked } from './state.ts';

/** Columns of votes are at least this wide, so that they seldom have to grow. */
const LEAST_DIGITS = 7;

/** One panel a file; the order here is the order on a phone. */
export function Page(): JSX.Element {
  const view = looked.value;
  if (view === undefined) return <Waiting />;
  const { counted } = view.snapshot.outcomes;
  const digits = Math.max(LEAST_DIGITS, formatNumber(counted).length);
  return (
    <>
      <a class="skip" href="#results">
        Skip to the results
      </a>
      <TopBar view={view} />
      <div class="wrap">
        <main id="results" data-stale={connection.value.kind === 'lost'} style={{ '--digits': String(digits) }}>
          <HeadlinePanel view={view} />
          <div class="grid">
            <RacePanel view={view} />
            <RankingPanel view={view} />
            <CountPanel view={view} />
            {counted > 0 && <PlacesPanel view={view} />}
            {counted > 0 && (
              <div class="column">
                <CohortPanel view={view} />
                <OverTimePanel view={view} />
              </div>
            )}
            <ProofPanel view={view} />
          </div>
        </main>
      </div>
      <div class="unseen" role="status" aria-live="polite">
        {announcement}
      </div>
    </>
  );
}

function Waiting(): JSX.Element {
  const lost = connection.value.kind === 'lost';
  return (
    <div class="wrap">
      <main>
        <h1>{lost ? 'No answer from the server' : 'Fetching the count …'}</h1>
        {lost && <p class="lede">Trying again every second.</p>}
      </main>
    </div>
  );
}
