import type { JSX } from 'preact';
import { Sparkline } from '../charts/sparkline.tsx';
import { formatNumber, formatShare, ratio } from '../format.ts';
import type { Looked } from '../state.ts';

/** How many took part, how fast ballots come, and what was not counted. */
export function CountPanel({ view: { snapshot } }: { view: Looked }): JSX.Element {
  const { eligible, outcomes, rates } = snapshot;
  return (
    <section class="card s4">
      <h2>The count</h2>
      <p>{formatNumber(outcomes.counted)} ballots counted.</p>
      <dl class="figures">
        <Figure
          value={formatShare(ratio(outcomes.counted, eligible))}
          words={`turnout, of ${formatNumber(eligible)}`}
        />
        <Figure value={formatNumber(rates.perSecond)} words="ballots a second" />
        <Figure value={formatNumber(outcomes.repeat)} words="repeats, not counted" />
        <Figure value={formatNumber(outcomes.invalid)} words="invalid lines" />
        {outcomes.late > 0 && <Figure value={formatNumber(outcomes.late)} words="late" />}
        {outcomes.excluded > 0 && <Figure value={formatNumber(outcomes.excluded)} words="excluded" />}
      </dl>
      <Sparkline history={rates.history} />
    </section>
  );
}

function Figure({ value, words }: { value: string; words: string }): JSX.Element {
  return (
    <div class="figure">
      <dt>{words}</dt>
      <dd>{value}</dd>
    </div>
  );
}
