import type { Place } from '../election/election.ts';
import { LivetallyError } from '../error.ts';
import { inputError } from './source-table.ts';

export interface Land {
  /** As the constituency table numbers it. */
  readonly number: string;
  /** As the representative statistics name it; `DE-` and these letters are ISO 3166-2. */
  readonly letters: string;
  readonly name: string;
}

export const LAENDER: readonly Land[] = [
  { number: '01', letters: 'SH', name: 'Schleswig-Holstein' },
  { number: '02', letters: 'HH', name: 'Hamburg' },
  { number: '03', letters: 'NI', name: 'Niedersachsen' },
  { number: '04', letters: 'HB', name: 'Bremen' },
  { number: '05', letters: 'NW', name: 'Nordrhein-Westfalen' },
  { number: '06', letters: 'HE', name: 'Hessen' },
  { number: '07', letters: 'RP', name: 'Rheinland-Pfalz' },
  { number: '08', letters: 'BW', name: 'Baden-Württemberg' },
  { number: '09', letters: 'BY', name: 'Bayern' },
  { number: '10', letters: 'SL', name: 'Saarland' },
  { number: '11', letters: 'BE', name: 'Berlin' },
  { number: '12', letters: 'BB', name: 'Brandenburg' },
  { number: '13', letters: 'MV', name: 'Mecklenburg-Vorpommern' },
  { number: '14', letters: 'SN', name: 'Sachsen' },
  { number: '15', letters: 'ST', name: 'Sachsen-Anhalt' },
  { number: '16', letters: 'TH', name: 'Thüringen' },
];

export function placeId(land: Land): string {
  return `DE-${land.letters}`;
}

/** The Länder that a file has, or the one of them that was asked for. `present` and `letters` are such as HB. */
export function chosenLaender(
  file: string,
  present: ReadonlySet<string>,
  letters: string | undefined,
): readonly Land[] {
  const known = LAENDER.filter((land) => present.has(land.letters));
  const strange = [...present].find((found) => !known.some((land) => land.letters === found));
  if (strange !== undefined) throw inputError(file, `'${strange}' is not one of the 16 Länder.`);
  if (letters === undefined) return known;
  const chosen = known.filter((land) => land.letters === letters.toUpperCase());
  if (chosen.length > 0) return chosen;
  throw new LivetallyError('LT_USAGE', `${file} has no Land '${letters}'.`, {
    next: `Name one of ${known.map((land) => `${land.letters} (${land.name})`).join(', ')}.`,
  });
}

/** The places of the chosen Länder: under Germany, unless one Land stands alone. */
export function placesOf(laender: readonly Place[], letters: string | undefined): readonly Place[] {
  return letters === undefined ? [{ id: 'DE', name: 'Deutschland', places: laender }] : laender;
}
