import type { Candidate, Contest } from '../election/election.ts';
import { createIds } from './canonical-ids.ts';
import { inputError } from './source-table.ts';

/** The two votes on one German ballot. */
const CONTESTS = [
  { id: 'first', title: 'First vote (Erststimme)' },
  { id: 'second', title: 'Second vote (Zweitstimme)' },
] as const;

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

/** Both votes, each for one of these parties, named as the columns of the file are. Throws LT_INPUT_FILE without any. */
export function contestsOf(file: string, parties: readonly string[]): Contest[] {
  if (parties.length === 0) throw inputError(file, 'no party has a column.');
  const ids = createIds();
  const candidates = parties.map((name) => candidateOf(name, () => ids(name, name.toLowerCase())));
  return CONTESTS.map((contest) => ({ ...contest, method: 'plurality', candidates }));
}

/** `otherId` names the parties that are not listed here. */
function candidateOf(name: string, otherId: () => string): Candidate {
  const [id, colour] = PARTIES.find(([, , ...names]) => names.includes(name)) ?? [otherId()];
  return colour === undefined ? { id, name } : { id, name, colour };
}
