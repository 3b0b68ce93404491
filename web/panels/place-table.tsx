import type { JSX } from 'preact';
import { formatNumber, formatShare, NOTHING, ratio } from '../format.ts';
import { shortNames } from '../headline.ts';
import type { PlaceLine } from '../places.ts';
import { standingOf } from '../standing.ts';
import type { Looked } from '../state.ts';

interface PlaceTableProps {
  readonly lines: readonly PlaceLine[];
  readonly view: Looked;
  readonly enter: (id: string) => void;
}

export function PlaceTable({ lines, view, enter }: PlaceTableProps): JSX.Element {
  return (
    <table class="place-table">
      <thead>
        <tr>
          <th scope="col">Place</th>
          <th scope="col" class="leader">
            Leader
          </th>
          <th scope="col" class="num hide-s">
            Ballots
          </th>
          <th scope="col" class="num">
            Turnout
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.key}>
            <th scope="row">
              <PlaceName line={line} enter={enter} />
            </th>
            <Cells line={line} view={view} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PlaceName({ line: { places, row }, enter }: { line: PlaceLine; enter: (id: string) => void }): JSX.Element {
  const [first, ...more] = places;
  if (first === undefined) return <>{NOTHING}</>;
  if (more.length > 0) {
    const names = places.map(({ place }) => place.name).join(', ');
    return (
      <span title={names}>
        {first.place.name} <small class="sub">and {formatNumber(more.length)} more, merged</small>
      </span>
    );
  }
  const { id, name, places: inner } = first.place;
  if (inner === undefined || row?.state !== 'shown') return <>{name}</>;
  return (
    <button type="button" class="link" onClick={() => enter(id)}>
      {name}
    </button>
  );
}

function Cells({ line: { row }, view }: { line: PlaceLine; view: Looked }): JSX.Element {
  if (row === undefined || row.state === 'suppressed') {
    return (
      <>
        <td class="soft">suppressed</td>
        <td class="num hide-s">{NOTHING}</td>
        <td class="num">{NOTHING}</td>
      </>
    );
  }
  return (
    <>
      <td>
        <Leader row={row} view={view} />
      </td>
      <td class="num hide-s">{formatNumber(row.counted)}</td>
      <td class="num">{formatShare(ratio(row.counted, row.eligible))}</td>
    </>
  );
}

type Visible = Exclude<NonNullable<PlaceLine['row']>, { state: 'suppressed' }>;

function Leader({ row, view: { contest, at } }: { row: Visible; view: Looked }): JSX.Element {
  const figures = row.contests[at];
  if (figures === undefined) return <>{NOTHING}</>;
  const { ranked, leaders } = standingOf(contest, figures);
  const [first, second] = ranked;
  if (first === undefined || leaders === 0) return <span class="soft">no votes</span>;
  if (leaders > 1) return <>tie</>;
  const points = ((first.share ?? 0) - (second?.share ?? 0)) * 100;
  return (
    <span class="who" style={{ '--c': first.colour }}>
      <i class="dot" />
      <span>
        {shortNames(contest)(first.index)} <small class="margin">+{points.toFixed(1)}</small>
      </span>
    </span>
  );
}
