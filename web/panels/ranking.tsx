import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { formatCount, formatNumber, formatShare, NOTHING } from '../format.ts';
import { standingOf, type Ranked } from '../standing.ts';
import type { Looked } from '../state.ts';

const FIRST_ROWS = 10;

/** Every candidate, most votes first; while results are hidden, their names alone. */
export function RankingPanel({ view }: { view: Looked }): JSX.Element {
  const { contest, figures, standing } = view;
  const [all, setAll] = useState(false);
  const { ranked } = standing ?? standingOf(contest, { votes: [], valid: 0 });
  const moved = useMoved(ranked);
  const rows = all ? ranked : ranked.slice(0, FIRST_ROWS);
  return (
    <section class="card s8">
      <h2>{contest.title}</h2>
      <p>{figures === undefined ? 'The candidates, in the order of the ballot.' : ballotWords(view)}</p>
      <table class="ranking">
        <thead>
          <tr>
            <th scope="col">Candidate</th>
            <th scope="col" class="num votes">
              {contest.method === 'approval' ? 'Approvals' : 'Votes'}
            </th>
            <th scope="col" class="num shares">
              Share
            </th>
            <th scope="col" class="wide">
              <span class="unseen">Share as a bar from zero</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row key={one.candidate.id} ranked={one} shown={figures !== undefined} moved={moved.has(one.index)} />
          ))}
        </tbody>
      </table>
      {ranked.length > FIRST_ROWS && (
        <button type="button" class="button more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? `Show the first ${FIRST_ROWS}` : `Show all ${ranked.length}`}
        </button>
      )}
    </section>
  );
}

function Row({ ranked, shown, moved }: { ranked: Ranked; shown: boolean; moved: boolean }): JSX.Element {
  const { candidate, colour, votes, share } = ranked;
  return (
    <tr class={moved ? 'moved' : undefined} style={{ '--c': colour }}>
      <th scope="row">
        <span class="who">
          <i class="dot" />
          <span>
            {candidate.name}
            {candidate.party !== undefined && <small class="sub">{candidate.party}</small>}
          </span>
        </span>
      </th>
      <td class="num">
        {shown ? formatNumber(votes) : NOTHING}
        {shown && <small class="sub narrow">{formatShare(share)}</small>}
      </td>
      <td class="num shares">{shown ? formatShare(share) : NOTHING}</td>
      <td class="wide" aria-hidden="true">
        <div class="meter">
          <i style={{ width: `${(share ?? 0) * 100}%` }} />
        </div>
      </td>
    </tr>
  );
}

function ballotWords({ contest, figures }: Looked): string {
  if (figures === undefined) return '';
  const basis = contest.method === 'approval' ? 'Approved by, of' : 'Share of';
  const rejected =
    figures.rejected === 0 ? '' : ` ${formatCount(figures.rejected, 'ballot was', 'ballots were')} rejected.`;
  const blank = `${formatCount(figures.blank, 'ballot', 'ballots')} left this contest blank.`;
  return `${basis} ${formatCount(figures.valid, 'valid ballot')}. ${blank}${rejected}`;
}

const TINT_MS = 2000;

/** Candidates whose rank changed a moment ago; their rows are tinted. */
function useMoved(ranked: readonly Ranked[]): ReadonlySet<number> {
  const before = useRef<readonly Ranked[]>(ranked);
  const movedAt = useRef(new Map<number, number>());
  const now = Date.now();
  ranked.forEach(({ index }, rank) => {
    const was = before.current[rank]?.index;
    if (was !== undefined && was !== index) movedAt.current.set(index, now);
  });
  before.current = ranked;
  return new Set([...movedAt.current].flatMap(([index, at]) => (now - at < TINT_MS ? [index] : [])));
}
