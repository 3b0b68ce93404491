import type { JSX } from 'preact';
import { formatCount } from '../format.ts';

/** Why rows are missing; stands under every table in which some are. */
export function KNote({ k }: { k: number }): JSX.Element {
  return (
    <p class="note">Rows of fewer than {formatCount(k, 'ballot')} are merged with their neighbours, or suppressed.</p>
  );
}
