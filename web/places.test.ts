import { expect, test } from 'vitest';
import type { ShownRow } from '../src/election/shown-row.ts';
import { allPlaces, firstLevel, placeLines, placesIn, placesLike, rowsByValue, tileCode } from './places.ts';

const PLACES = [
  {
    id: 'north',
    name: 'The North',
    places: [
      { id: 'n1', name: 'Harbour' },
      { id: 'n2', name: 'Hill' },
    ],
  },
  { id: 'south', name: 'The South' },
  { id: 'isles', name: 'The Isles' },
];
const FIGURES = { eligible: 100, counted: 50, contests: [] };
const ROWS: ShownRow[] = [
  { state: 'shown', value: 'north', ...FIGURES },
  { state: 'merged', values: ['isles', 'south'], ...FIGURES },
  { state: 'suppressed', value: 'n1', eligible: 3 },
];

const all = allPlaces(PLACES);

test('[H19] a level of the hierarchy, and what a search finds on all levels', () => {
  expect(placesIn(all, undefined).map(({ place }) => place.id)).toEqual(['north', 'south', 'isles']);
  expect(placesIn(all, 'north').map(({ place }) => place.id)).toEqual(['n1', 'n2']);
  expect(placesLike(all, ' HI').map(({ place, inside }) => [place.id, inside.map(({ id }) => id)])).toEqual([
    ['n2', ['north']],
  ]);
});

test('[H19] a place that holds everything is entered at once', () => {
  expect(firstLevel(PLACES)).toBeUndefined();
  expect(firstLevel([{ id: 'US', name: 'United States', places: PLACES }])?.id).toBe('US');
  expect(firstLevel([{ id: 'world', name: 'World', places: [{ id: 'US', name: 'x', places: PLACES }] }])?.id).toBe(
    'US',
  );
  expect(firstLevel([{ id: 'US', name: 'United States' }])).toBeUndefined();
});

test('[H19] a merged row stands once, for all its places', () => {
  const lines = placeLines(placesIn(all, undefined), rowsByValue(ROWS));
  expect(lines.map(({ key, places, row }) => [key, places.length, row?.state])).toEqual([
    ['north', 1, 'shown'],
    ['south', 2, 'merged'],
  ]);
  const inner = placeLines(placesIn(all, 'north'), rowsByValue(ROWS));
  expect(inner.map(({ key, row }) => [key, row?.state])).toEqual([
    ['n1', 'suppressed'],
    ['n2', undefined],
  ]);
});

test('[H19] a tile is named by the end of the id, or the beginning of the name', () => {
  expect(tileCode({ id: 'US-CA', name: 'California' })).toBe('CA');
  expect(tileCode({ id: 'DE.075', name: 'Berlin-Mitte' })).toBe('075');
  expect(tileCode({ id: 'addison', name: 'Addison' })).toBe('Add');
});
