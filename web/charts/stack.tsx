import type { JSX } from 'preact';
import { formatShare } from '../format.ts';
import type { StackPart } from '../standing.ts';

/** A bar of a hundred per cent, with the half marked. Its label says in a sentence what it shows. */
export function Stack({
  parts,
  label,
  half,
}: {
  parts: readonly StackPart[];
  label: string;
  half?: boolean;
}): JSX.Element {
  return (
    <div class="stack-box" role="img" aria-label={`${label}: ${stackWords(parts)}`}>
      <div class="stack">
        {parts.map((part) => (
          <span
            key={part.name}
            title={`${part.name} ${formatShare(part.share)}`}
            style={{ '--c': part.colour, width: `${part.share * 100}%` }}
          />
        ))}
      </div>
      {half === true && (
        <div class="half">
          <i>50&nbsp;%</i>
        </div>
      )}
    </div>
  );
}

function stackWords(parts: readonly StackPart[]): string {
  const words = parts.map((part) => `${part.name} ${formatShare(part.share)}`);
  return words.length === 0 ? 'no votes yet' : words.join(', ');
}
