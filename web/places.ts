import type { ShownRow } from '../src/election/shown-row.ts';
import type { PlaceText } from '../src/stages/4-publish/view.ts';

/** A place with the way to it: the places it lies in, outermost first. */
export interface PlaceAt {
  readonly place: PlaceText;
  readonly inside: readonly PlaceText[];
}

export function allPlaces(places: readonly PlaceText[], inside: readonly PlaceText[] = []): PlaceAt[] {
  return places.flatMap((place) => [{ place, inside }, ...allPlaces(place.places ?? [], [...inside, place])]);
}

/** The places one level below `id`; without it, those at the top. */
export function placesIn(all: readonly PlaceAt[], id: string | undefined): PlaceAt[] {
  return all.filter(({ inside }) => inside.at(-1)?.id === id);
}

/** Where to begin: a country that holds everything would be a table of one row, so inside it. Undefined: at the top. */
export function firstLevel(places: readonly PlaceText[]): PlaceText | undefined {
  const [only, ...more] = places;
  if (only?.places === undefined || more.length > 0) return undefined;
  return firstLevel(only.places) ?? only;
}

/** Whose name or id holds the text. */
export function placesLike(all: readonly PlaceAt[], text: string): PlaceAt[] {
  const wanted = text.trim().toLowerCase();
  return all.filter(({ place }) => `${place.name} ${place.id}`.toLowerCase().includes(wanted));
}

/** A line of the table: a place by itself, several merged into one, or one whose figures are withheld. */
export interface PlaceLine {
  readonly key: string;
  readonly places: readonly PlaceAt[];
  readonly row: ShownRow | undefined;
}

/** The lines for these places, in order; a merged row stands once, where its first place would. */
export function placeLines(places: readonly PlaceAt[], rows: ReadonlyMap<string, ShownRow>): PlaceLine[] {
  const lines = new Map<ShownRow | string, { key: string; places: PlaceAt[]; row: ShownRow | undefined }>();
  for (const at of places) {
    const row = rows.get(at.place.id);
    const merged = row?.state === 'merged' ? row : at.place.id;
    const line = lines.get(merged);
    if (line === undefined) lines.set(merged, { key: at.place.id, places: [at], row });
    else line.places.push(at);
  }
  return [...lines.values()];
}

export function rowsByValue(rows: readonly ShownRow[]): ReadonlyMap<string, ShownRow> {
  return new Map(
    rows.flatMap((row) =>
      (row.state === 'merged' ? row.values : [row.value]).map((value): [string, ShownRow] => [value, row]),
    ),
  );
}

/** At most four signs for a tile: the end of an id such as US-CA, else the beginning of the name. */
export function tileCode({ id, name }: PlaceText): string {
  const end = id.split(/[-.]/).at(-1) ?? id;
  return end.length <= 4 ? end : name.slice(0, 3);
}
