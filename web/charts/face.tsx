import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Ranked } from '../standing.ts';

/** The photo in a ring of the candidate's colour; a drawn head where there is none. Decoration: the name stands beside it. */
export function Face({ of: { candidate, colour } }: { of: Ranked }): JSX.Element {
  const [failed, setFailed] = useState(false);
  if (candidate.photo !== undefined && !failed) {
    return <img class="face" src={candidate.photo} alt="" style={{ '--c': colour }} onError={() => setFailed(true)} />;
  }
  return (
    <svg class="face" style={{ '--c': colour }} viewBox="0 0 64 64" aria-hidden="true">
      <circle cx="32" cy="25" r="11" />
      <path d="M10 62c2-17 12-23 22-23s20 6 22 23z" />
    </svg>
  );
}
