import type { Candidate } from '../election/election.ts';
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

export const PUBLISHER =
  'Die Bundeswahlleiterin, Statistisches Bundesamt (Destatis), 2025: election to the 21st German Bundestag, 23 February 2025';
export const LICENCE =
  'Datenlizenz Deutschland – Namensnennung – Version 2.0 (dl-de/by-2-0), https://www.govdata.de/dl-de/by-2-0';

/** The two votes on one German ballot. */
export const CONTESTS = [
  { id: 'first', title: 'First vote (Erststimme)' },
  { id: 'second', title: 'Second vote (Zweitstimme)' },
] as const;

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

/** Short ids and colours of parties by the names that either file has for them; small ones have no colour. */
const PARTIES: readonly (readonly [id: string, colour: string | undefined, ...names: string[]])[] = [
  ['spd', '#e3000f', 'SPD', 'Sozialdemokratische Partei Deutschlands'],
  ['cdu', '#32302e', 'CDU', 'Christlich Demokratische Union Deutschlands'],
  ['gruene', '#1aa037', 'GRÜNE', 'BÜNDNIS 90/DIE GRÜNEN'],
  ['fdp', '#d9b300', 'FDP', 'Freie Demokratische Partei'],
  ['afd', '#0089d0', 'AfD', 'Alternative für Deutschland'],
  ['csu', '#0a6cb4', 'CSU', 'Christlich-Soziale Union in Bayern e.V.'],
  ['linke', '#b1004b', 'Die Linke'],
  ['bsw', '#7d254f', 'Bündnis Sahra Wagenknecht - Vernunft und Gerechtigkeit'],
  ['fw', '#e07b00', 'FREIE WÄHLER'],
  ['others', '#8a8a8a', 'Sonstige', 'Übrige'],
  ['tierschutz', undefined, 'PARTEI MENSCH UMWELT TIERSCHUTZ'],
  ['diebasis', undefined, 'Basisdemokratische Partei Deutschland'],
  [
    'die-partei',
    undefined,
    'Partei für Arbeit, Rechtsstaat, Tierschutz, Elitenförderung und basisdemokratische Initiative',
  ],
  ['gerechtigkeit', undefined, 'Die Gerechtigkeitspartei – Team Todenhöfer'],
  ['piraten', undefined, 'Piratenpartei Deutschland'],
  ['volt', undefined, 'Volt Deutschland'],
  ['oedp', undefined, 'Ökologisch-Demokratische Partei - Die Naturschutzpartei'],
  ['ssw', undefined, 'Südschleswigscher Wählerverband'],
  ['pdh', undefined, 'Partei der Humanisten - Fakten, Freiheit, Fortschritt'],
  ['buendnis-c', undefined, 'Bündnis C - Christen für Deutschland'],
  ['mlpd', undefined, 'Marxistisch-Leninistische Partei Deutschlands'],
  ['menschliche-welt', undefined, 'Menschliche Welt - für das Wohl und Glücklichsein aller'],
  ['sgp', undefined, 'Sozialistische Gleichheitspartei, Vierte Internationale'],
  ['bueso', undefined, 'Bürgerrechtsbewegung Solidarität'],
  ['mera25', undefined, 'MERA25 - Gemeinsam für Europäische Unabhängigkeit'],
];

/** The candidate that stands for a party, by the name of its column; `idFor` names the parties not known here. */
export function partyCandidate(name: string, idFor: (name: string) => string): Candidate {
  const [id, colour] = PARTIES.find(([, , ...names]) => names.includes(name)) ?? [idFor(name)];
  return colour === undefined ? { id, name } : { id, name, colour };
}
