import type { Draws } from '../../src/stages/seeded-draws.ts';
import type { IssuedSerial } from './issued-serials.ts';

/** Serials that this feed has ballots for: the others' ballots come from the simulators alone. */
const OURS = 3;
const MALFORMED_SHARE = 0.08;
const REFUSED_SHARE = 0.03;
/** Beyond any that will be issued. */
const NEVER_ISSUED = 4_000_000_000;
const TOO_LONG = 5000;

const CHOICES: readonly object[] = [
  { mayor: ['ann'], parks: ['oak', 'elm'] },
  { mayor: ['bob'], parks: [] },
  { mayor: ['cy'], parks: ['ash'] },
  { mayor: [], parks: ['nobody'] },
  { parks: ['elm'] },
];

/** Line `index` of a feed, without its line feed: ballots, sooner or later repeats of them, malformed lines, and ones that are refused. */
export function feedLine(issued: readonly IssuedSerial[], draws: Draws, index: number): string {
  const kind = draws.unit(index, 0);
  const ballot = ballotOf(issued, draws, index);
  if (kind < REFUSED_SHARE) return draws.below(2, index, 1) === 0 ? '' : 'x'.repeat(TOO_LONG);
  if (kind < REFUSED_SHARE + MALFORMED_SHARE || ballot === undefined) return malformed(ballot, draws, index);
  return ballot;
}

function ballotOf(issued: readonly IssuedSerial[], draws: Draws, index: number): string | undefined {
  const at = draws.below(Math.ceil(issued.length / OURS), index, 2) * OURS;
  const found = issued[at];
  if (found === undefined) return undefined;
  const [serial, place, cohort] = found;
  return JSON.stringify({ serial, place, cohort, choices: CHOICES[draws.below(CHOICES.length, index, 3)] });
}

function malformed(ballot: string | undefined, draws: Draws, index: number): string {
  const whole = ballot ?? '{"serial":7,"place":"n1","cohort":"65+|f","choices":{}}';
  const kinds = [
    whole.slice(0, 30),
    whole.replace('{"serial"', '{ "serial"'),
    whole.replace(/"place":"[^"]+"/, '"place":"nowhere"'),
    whole.replace(/"serial":\d+/, `"serial":${NEVER_ISSUED + index}`),
    whole.replace('}}', ',"mayor":["é"]}}'),
    `no ballot ${index}`,
  ];
  return kinds[draws.below(kinds.length, index, 4)]!;
}
