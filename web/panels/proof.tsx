import type { JSX } from 'preact';
import { OUTCOMES } from '../../src/election/ballot.ts';
import { formatNumber } from '../format.ts';
import type { Looked } from '../state.ts';

/** What lets anyone with the log check the figures: position, hash, and the equation of lines. */
export function ProofPanel({ view: { snapshot } }: { view: Looked }): JSX.Element {
  const { lines, outcomes, position, provisional, hash, equalities } = snapshot;
  const sum = OUTCOMES.filter((outcome) => outcomes[outcome] > 0 || outcome === 'counted');
  return (
    <section class="card s12 proof" aria-label="Proof">
      <span>
        <b>✓</b> {equalities} equalities hold
      </span>
      <span>
        lines {formatNumber(lines)} ={' '}
        {sum.map((outcome) => `${formatNumber(outcomes[outcome])} ${outcome}`).join(' + ')}
      </span>
      <span>
        position <code>{position}</code>
      </span>
      {provisional && (
        <span title="Late ballots are judged once the polls are closed, when it counts again.">
          provisional: counted on a cluster
        </span>
      )}
      <span>
        report{' '}
        {hash === undefined ? (
          'hash: shown once no figure is held back'
        ) : (
          <code title={hash}>{hash.slice(0, 12).replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
        )}
      </span>
    </section>
  );
}
