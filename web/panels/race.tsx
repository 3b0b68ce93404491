import type { JSX } from 'preact';
import { Face } from '../charts/face.tsx';
import { Stack } from '../charts/stack.tsx';
import { formatNumber, formatPoints, formatShare } from '../format.ts';
import { stackOf, type Ranked, type Standing } from '../standing.ts';
import type { Looked } from '../state.ts';

/** The first two against each other, and the whole vote as one bar. The table of all candidates is its twin. */
export function RacePanel({ view: { contest, standing } }: { view: Looked }): JSX.Element | null {
  const [first, second] = standing?.ranked ?? [];
  // Before the first vote, nobody is first.
  if (standing === undefined || standing.leaders === 0 || first === undefined || second === undefined) return null;
  return (
    <section class="card s12" aria-label="The race">
      <div class="duel">
        <Side ranked={first} />
        <Lead standing={standing} />
        <Side ranked={second} right />
      </div>
      {contest.method === 'plurality' && <Stack parts={stackOf(standing)} label="Share of the valid votes" half />}
    </section>
  );
}

function Side({ ranked, right }: { ranked: Ranked; right?: boolean }): JSX.Element {
  const { candidate, colour, share, votes } = ranked;
  return (
    <div class={right === true ? 'side right' : 'side'} style={{ '--c': colour }}>
      <Face key={candidate.id} of={ranked} />
      <div class="side-words">
        <div class="share">{formatShare(share)}</div>
        <div class="name">{candidate.name}</div>
        <div class="sub">{candidate.party}</div>
        <div class="sub">{formatNumber(votes)}</div>
      </div>
    </div>
  );
}

function Lead({ standing: { ranked, lead } }: { standing: Standing }): JSX.Element {
  const [first, second] = ranked;
  const points = first?.share === undefined || second?.share === undefined ? undefined : first.share - second.share;
  return (
    <div class="versus">
      <b>{lead === 0 ? 'level' : `+${formatNumber(lead)}`}</b>
      {points !== undefined && lead > 0 && <span>{formatPoints(points)}</span>}
    </div>
  );
}
