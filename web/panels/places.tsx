import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Tiles } from '../charts/tiles.tsx';
import { formatCount } from '../format.ts';
import { allPlaces, firstLevel, placeLines, placesIn, placesLike, rowsByValue, type PlaceAt } from '../places.ts';
import type { Looked } from '../state.ts';
import { KNote } from './k-note.tsx';
import { PlaceTable } from './place-table.tsx';

const PAGE_ROWS = 12;
/** More tiles than this say nothing that the table does not. */
const MOST_TILES = 400;

/** Place by place: a level of the hierarchy, or what a search finds, as tiles and as a table. */
export function PlacesPanel({ view }: { view: Looked }): JSX.Element | null {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(0);
  const rows = view.snapshot.breakdowns.find(({ key }) => key === 'place')?.rows;
  if (rows === undefined) return null;

  const all = allPlaces(view.texts.places);
  const start = firstLevel(view.texts.places)?.id;
  const here = all.find(({ place }) => place.id === (chosen ?? start));
  const found = search.trim() === '' ? placesIn(all, here?.place.id) : placesLike(all, search);
  const lines = placeLines(found, rowsByValue(rows));
  const pages = Math.max(1, Math.ceil(lines.length / PAGE_ROWS));
  const now = Math.min(page, pages - 1);
  const enter = (id: string | undefined): void => {
    setChosen(id);
    setSearch('');
    setPage(0);
  };
  const find = (text: string): void => {
    setSearch(text);
    setPage(0);
  };
  return (
    <section class="card s7 places">
      <h2>By place</h2>
      <p>Colour: who leads. Depth: by how much. Hatched: under one point.</p>
      {lines.length <= MOST_TILES && <Tiles lines={lines} contest={view.contest} at={view.at} />}
      <div class="finder">
        <Path here={here} start={start} enter={enter} />
        <label>
          <span class="unseen">Find a place</span>
          <input
            type="search"
            placeholder="Find a place"
            value={search}
            onInput={(event) => find(event.currentTarget.value)}
          />
        </label>
      </div>
      <PlaceTable lines={lines.slice(now * PAGE_ROWS, (now + 1) * PAGE_ROWS)} view={view} enter={enter} />
      <Pages now={now} pages={pages} lines={lines.length} go={setPage} />
      {lines.some(({ row }) => row?.state !== 'shown') && <KNote k={view.texts.k} />}
    </section>
  );
}

interface PathProps {
  readonly here: PlaceAt | undefined;
  readonly start: string | undefined;
  readonly enter: (id: string | undefined) => void;
}

/** The way down from the first level to here; each step leads back up. */
function Path({ here, start, enter }: PathProps): JSX.Element | null {
  if (here === undefined || here.place.id === start) return null;
  const below = here.inside.slice(here.inside.findIndex(({ id }) => id === start) + 1);
  return (
    <nav class="path" aria-label="Places">
      <button type="button" class="link" onClick={() => enter(undefined)}>
        All places
      </button>
      {below.map(({ id, name }) => (
        <button type="button" class="link" key={id} onClick={() => enter(id)}>
          {name}
        </button>
      ))}
      <b aria-current="page">{here.place.name}</b>
    </nav>
  );
}

function Pages({
  now,
  pages,
  lines,
  go,
}: {
  now: number;
  pages: number;
  lines: number;
  go: (page: number) => void;
}): JSX.Element {
  if (lines === 0) return <p class="note">No place has this in its name.</p>;
  if (pages === 1) return <p class="note">{formatCount(lines, 'row')}.</p>;
  return (
    <nav class="pages" aria-label="Pages of places">
      <button type="button" class="button" disabled={now === 0} onClick={() => go(now - 1)}>
        Previous
      </button>
      <span>
        {now + 1} of {pages}
      </span>
      <button type="button" class="button" disabled={now === pages - 1} onClick={() => go(now + 1)}>
        Next
      </button>
    </nav>
  );
}
