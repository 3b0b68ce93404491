import type { JSX } from 'preact';
import type { ContestText } from '../../src/stages/4-publish/view.ts';
import { formatCount, formatPoints } from '../format.ts';
import { shortNames } from '../headline.ts';
import { tileCode, type PlaceLine } from '../places.ts';
import { standingOf } from '../standing.ts';

const CLOSE = 0.01;
const FAINTEST = 16;
/** So deep that text on it still stands out from any colour. */
const DEEPEST = 58;

const LEGEND_NAMES = 8;

interface TilesProps {
  readonly lines: readonly PlaceLine[];
  readonly contest: ContestText;
  /** The index of the contest. */
  readonly at: number;
}

/** One tile a line: colour says who leads, depth by how much, hatching under one point. The table below is its twin. */
export function Tiles({ lines, contest, at }: TilesProps): JSX.Element {
  const name = shortNames(contest);
  const tiles = lines.map((line) => tileOf(line, contest, at));
  const leaders = leadersOf(tiles);
  const words = leaders.map(({ leader, places }) => `${name(leader)} leads in ${places}`).join(', ');
  return (
    <>
      <div
        class="tiles"
        role="img"
        aria-label={`${formatCount(tiles.length, 'tile')}: ${words === '' ? 'nobody leads yet' : words}`}
      >
        {tiles.map(({ key, code, title, colour, depth, close }) => (
          <span
            key={key}
            class={close ? 'tile close' : 'tile'}
            title={title}
            style={{ '--c': colour, '--m': `${depth}%` }}
          >
            {code}
          </span>
        ))}
      </div>
      <div class="legend">
        {leaders.slice(0, LEGEND_NAMES).map(({ leader, colour, places }) => (
          <span key={leader}>
            <i class="dot" style={{ '--c': colour }} />
            {name(leader)} {places}
          </span>
        ))}
      </div>
    </>
  );
}

interface Leader {
  readonly leader: number;
  readonly colour: string;
  readonly places: number;
}

/** Who leads somewhere, most places first. */
function leadersOf(tiles: readonly Tile[]): Leader[] {
  const groups = Map.groupBy(tiles, ({ leader }) => leader);
  return [...groups]
    .flatMap(([leader, led]) =>
      leader === undefined ? [] : [{ leader, colour: led[0]?.colour ?? '', places: led.length }],
    )
    .sort((one, other) => other.places - one.places);
}

interface Tile {
  readonly key: string;
  readonly code: string;
  readonly title: string;
  readonly colour: string;
  readonly depth: number;
  readonly close: boolean;
  readonly leader: number | undefined;
}

function tileOf({ key, places, row }: PlaceLine, contest: ContestText, at: number): Tile {
  const first = places[0]?.place;
  const code = places.length === 1 && first !== undefined ? tileCode(first) : `+${places.length}`;
  const where = places.map(({ place }) => place.name).join(', ');
  const blank = { key, code, colour: 'transparent', depth: 0, close: false, leader: undefined };
  const figures = row === undefined || row.state === 'suppressed' ? undefined : row.contests[at];
  if (figures === undefined) return { ...blank, title: `${where}: suppressed` };
  const { ranked, leaders } = standingOf(contest, figures);
  const [leading, second] = ranked;
  if (leading === undefined || leaders === 0) return { ...blank, title: `${where}: no votes` };
  const margin = (leading.share ?? 0) - (second?.share ?? 0);
  const depth = Math.round(Math.min(DEEPEST, FAINTEST + margin * 200));
  const title = `${where}: ${leaders > 1 ? 'a tie' : `${leading.candidate.name} by ${formatPoints(margin)}`}`;
  return {
    key,
    code,
    title,
    colour: leading.colour,
    depth,
    close: margin < CLOSE,
    leader: leaders > 1 ? undefined : leading.index,
  };
}
