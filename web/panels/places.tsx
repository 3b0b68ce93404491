import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Tiles } from '../charts/tiles.tsx';
import { formatCount } from '../format.ts';
import { allPlaces, placeLines, placesIn, placesLike, rowsByValue, type PlaceAt } from '../places.ts';
import type { Looked } from '../state.ts';
import { KNote } from './k-note.tsx';
import { PlaceTable } from './place-table.tsx';

const PAGE_ROWS = 12;
/** More tiles than this say nothing that the table does not. */
const MOST_TILES = 400;

/** Place by place: a level of the hierarchy, or what a search finds, as tiles and as a table. */
export function PlacesPanel({ view }: { view: Looked }): JSX.Element | null {
  const [inside, setInside] = useState<string | undefined>(undefined);
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(0);
  const rows = view.snapshot.breakdowns.find(({ key }) => key === 'place')?.rows;
  if (rows === undefined) return null;

  const all = allPlaces(view.texts.places);
  const here = all.find(({ place }) => place.id === inside);
  const found = search.trim() === '' ? placesIn(all, here?.place.id) : placesLike(all, search);
  const lines = placeLines(found, rowsByValue(rows));
  const pages = Math.max(1, Math.ceil(lines.length / PAGE_ROWS));
  const now = Math.min(page, pages - 1);
  const enter = (id: string | undefined): void => {
    setInside(id);
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
        <Path here={here} enter={enter} />
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

/** The way down to here; each step leads back up. */
function Path({
  here,
  enter,
}: {
  here: PlaceAt | undefined;
  enter: (id: string | undefined) => void;
}): JSX.Element | null {
  if (here === undefined) return null;
  return (
    <nav class="path" aria-label="Places">
      <button type="button" class="link" onClick={() => enter(undefined)}>
        All places
      </button>
      {here.inside.map(({ id, name }) => (
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
