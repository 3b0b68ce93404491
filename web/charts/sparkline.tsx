import type { JSX } from 'preact';
import type { HistoryView } from '../../src/stages/4-publish/view.ts';
import { formatClock, formatNumber } from '../format.ts';
import { ratesOf } from '../rates.ts';
import { useWidth } from './width.ts';

const HEIGHT = 56;
const AXIS = 18;

/** Ballots a second since the history begins, from zero. */
export function Sparkline({ history }: { history: HistoryView }): JSX.Element {
  const [box, width] = useWidth<HTMLDivElement>();
  const rates = ratesOf(history);
  const most = Math.max(1, ...rates.map(({ perSecond }) => perSecond));
  const [startMs, endMs] = [rates[0]?.at ?? 0, rates.at(-1)?.at ?? 0];
  const x = (at: number): number => ((at - startMs) / Math.max(1, endMs - startMs)) * width;
  const y = (perSecond: number): number => HEIGHT - (perSecond / most) * (HEIGHT - 4);
  const points = rates.map(({ at, perSecond }) => `${x(at).toFixed(1)},${y(perSecond).toFixed(1)}`).join(' ');
  const label = `Ballots a second over time, at most ${formatNumber(Math.round(most))}`;
  return (
    <div class="sparkline" ref={box}>
      {rates.length > 1 && width > 0 && (
        <svg width={width} height={HEIGHT + AXIS} role="img" aria-label={label}>
          <line x1="0" x2={width} y1={HEIGHT} y2={HEIGHT} />
          <polyline points={points} />
          <text x="0" y={HEIGHT + AXIS - 3}>
            {formatClock(startMs)}
          </text>
          <text x={width} y={HEIGHT + AXIS - 3} text-anchor="end">
            most {formatNumber(Math.round(most))}
          </text>
        </svg>
      )}
      {rates.length > 1 && (
        <details>
          <summary>Table</summary>
          <table>
            <caption class="unseen">{label}</caption>
            <thead>
              <tr>
                <th scope="col">Until</th>
                <th scope="col" class="num">
                  Ballots a second
                </th>
              </tr>
            </thead>
            <tbody>
              {rates
                .slice(-TABLE_ROWS)
                .toReversed()
                .map(({ at, perSecond }) => (
                  <tr key={at}>
                    <th scope="row">{formatClock(at)}</th>
                    <td class="num">{formatNumber(Math.round(perSecond))}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </details>
      )}
    </div>
  );
}

const TABLE_ROWS = 20;
