import type { JSX } from 'preact';
import { formatClock, formatShare } from '../format.ts';
import type { ShareLine } from '../share-history.ts';
import { spread } from '../spread.ts';
import { useWidth } from './width.ts';

const HEIGHT = 200;
const LEFT = 34;
const TOP = 10;
const BOTTOM = 24;
const LABEL_STEP = 15;
const LABEL_WIDTH = 150;

/** Lines from zero, labelled at their ends. */
export function ShareLines({ lines, at }: { lines: readonly ShareLine[]; at: readonly number[] }): JSX.Element {
  const [box, width] = useWidth<HTMLDivElement>();
  return (
    <div class="lines" ref={box}>
      {width > 0 && <Chart lines={lines} at={at} width={width} />}
      <details>
        <summary>Table</summary>
        <Table lines={lines} at={at} />
      </details>
    </div>
  );
}

function Chart({
  lines,
  at,
  width,
}: {
  lines: readonly ShareLine[];
  at: readonly number[];
  width: number;
}): JSX.Element {
  const right = Math.min(LABEL_WIDTH, width * 0.42);
  const [startMs, endMs] = [at[0] ?? 0, at.at(-1) ?? 0];
  const most = Math.max(0.1, ...lines.flatMap(({ shares }) => shares.map((share) => share ?? 0)));
  const top = Math.ceil(most * 5) / 5;
  const x = (time: number): number => LEFT + ((time - startMs) / Math.max(1, endMs - startMs)) * (width - LEFT - right);
  const y = (share: number): number => TOP + HEIGHT - (share / top) * HEIGHT;
  const ends = spread(
    lines.map(({ shares }) => y(shares.at(-1) ?? 0)),
    LABEL_STEP,
  );
  const label = `Share over time, now ${lines.map(({ name, shares }) => `${name} ${formatShare(shares.at(-1))}`).join(', ')}`;
  return (
    <svg width={width} height={TOP + HEIGHT + BOTTOM} role="img" aria-label={label}>
      {[0, 0.25, 0.5, 0.75, 1].map((part) => (
        <g key={part}>
          <line x1={LEFT} x2={width - right} y1={y(part * top)} y2={y(part * top)} />
          <text x={LEFT - 6} y={y(part * top) + 4} text-anchor="end">
            {Math.round(part * top * 100)}
          </text>
        </g>
      ))}
      {lines.map(({ name, colour, shares }, index) => (
        <g key={name} style={{ '--c': colour }}>
          <polyline points={points(shares, at, x, y)} />
          <text class="end" x={width - right + 8} y={(ends[index] ?? 0) + 4}>
            {clip(name, right)} {formatShare(shares.at(-1))}
          </text>
        </g>
      ))}
      <text x={LEFT} y={TOP + HEIGHT + BOTTOM - 6}>
        {formatClock(startMs)}
      </text>
      <text x={width - right} y={TOP + HEIGHT + BOTTOM - 6} text-anchor="end">
        {formatClock(endMs)}
      </text>
    </svg>
  );
}

function points(
  shares: ShareLine['shares'],
  at: readonly number[],
  x: (time: number) => number,
  y: (share: number) => number,
): string {
  return shares
    .flatMap((share, index) => (share === undefined ? [] : [`${x(at[index] ?? 0).toFixed(1)},${y(share).toFixed(1)}`]))
    .join(' ');
}

const SIGN_WIDTH = 8.2;
const SHARE_SIGNS = 8;

/** What of a name fits beside its share. */
function clip(name: string, width: number): string {
  const signs = Math.max(4, Math.floor(width / SIGN_WIDTH) - SHARE_SIGNS);
  return name.length <= signs ? name : `${name.slice(0, signs - 1)}…`;
}

const TABLE_ROWS = 20;

function Table({ lines, at }: { lines: readonly ShareLine[]; at: readonly number[] }): JSX.Element {
  const from = Math.max(0, at.length - TABLE_ROWS);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Share over time">
      <table>
        <thead>
          <tr>
            <th scope="col">At</th>
            {lines.map(({ name }) => (
              <th scope="col" class="num" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {at.slice(from).map((time, row) => (
            <tr key={time}>
              <th scope="row">{formatClock(time)}</th>
              {lines.map(({ name, shares }) => (
                <td class="num" key={name}>
                  {formatShare(shares[from + row])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
