import type { JSX } from 'preact';
import { formatAge, formatClock } from '../format.ts';
import { STATUS_WORDS } from '../headline.ts';
import { ageMs, chosenContest, connection, paused, togglePause, type Looked } from '../state.ts';
import { toggleTheme } from '../theme.ts';

/** Whose count it is, how far along, how fresh, and the few controls. */
export function TopBar({ view }: { view: Looked }): JSX.Element {
  return (
    <header>
      <div class="wrap bar">
        <span class="brand">
          livetally <i>· {view.texts.title}</i>
        </span>
        <StatusChip view={view} />
        <ContestChoice view={view} />
        <div class="bar-end">
          <span class="as-of">
            as of <b>{formatClock(view.snapshot.at)}</b>, <span class="age">{formatAge(ageMs.value)}</span>
          </span>
          <button type="button" class="button" aria-pressed={paused.value} onClick={togglePause}>
            {paused.value ? 'Resume' : 'Pause'}
          </button>
          <button type="button" class="button" aria-label="Light or dark" onClick={toggleTheme}>
            <span aria-hidden="true">◐</span>
          </button>
        </div>
      </div>
    </header>
  );
}

function StatusChip({ view }: { view: Looked }): JSX.Element {
  const state = connection.value;
  if (state.kind === 'lost') {
    return <span class="chip bad">Connection lost at {formatClock(state.sinceMs)}</span>;
  }
  if (paused.value) return <span class="chip warn">Paused</span>;
  const polling = state.kind === 'polling' ? ', every few seconds' : '';
  return (
    <span class="chip" data-state={state.kind}>
      {STATUS_WORDS[view.snapshot.status] + polling}
    </span>
  );
}

function ContestChoice({ view }: { view: Looked }): JSX.Element | null {
  const { contests } = view.texts;
  if (contests.length < 2) return null;
  return (
    <label class="choice">
      <span class="unseen">Contest</span>
      <select value={view.contest.id} onChange={(event) => (chosenContest.value = event.currentTarget.value)}>
        {contests.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
