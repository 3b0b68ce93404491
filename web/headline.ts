import type { ContestText, Snapshot } from '../src/stages/4-publish/view.ts';
import { formatCount, formatList, formatNumber } from './format.ts';
import type { Looked } from './state.ts';
import type { Standing } from './standing.ts';

const TIED_NAMES = 3;

/** Says in words, by rule, how the contest stands. */
export function headlineOf({ contest, snapshot, standing }: Pick<Looked, 'contest' | 'snapshot' | 'standing'>): string {
  if (snapshot.status === 'pre-election') return 'Voting has not opened yet';
  if (standing === undefined) return 'Results are hidden until the count is complete';
  if (snapshot.outcomes.counted === 0) return isComplete(snapshot) ? 'No ballots were cast' : 'No ballots yet';
  const [first, second] = standing.ranked;
  if (first === undefined || standing.leaders === 0) return 'No candidate has a vote yet';
  const votes = contest.method === 'approval' ? 'approval' : 'vote';
  const name = shortNames(contest);
  if (second === undefined) return `${name(first.index)} has ${formatCount(first.votes, votes)}`;
  if (standing.leaders > 1) return tie(standing, name, votes);
  const lead = formatCount(standing.lead, votes);
  return isComplete(snapshot)
    ? `${name(first.index)} finishes ${lead} ahead of ${name(second.index)}`
    : `${name(first.index)} leads ${name(second.index)} by ${lead}`;
}

function tie({ ranked, leaders }: Standing, name: (index: number) => string, votes: string): string {
  const names = ranked.slice(0, leaders).map((one) => name(one.index));
  const who = leaders > TIED_NAMES ? formatCount(leaders, 'candidate') : formatList(names);
  return `${who} are tied at ${formatCount(ranked[0]?.votes ?? 0, votes)}`;
}

function isComplete(snapshot: Snapshot): boolean {
  return snapshot.status === 'unofficial-complete';
}

/** One sentence of turnout, and whether the lead can still turn. */
export function ledeOf({ contest, snapshot, standing }: Pick<Looked, 'contest' | 'snapshot' | 'standing'>): string {
  const { eligible, outcomes } = snapshot;
  if (snapshot.status === 'pre-election') return `${formatCount(eligible, 'voter is', 'voters are')} registered.`;
  const turnout = `${formatNumber(outcomes.counted)} of ${formatCount(eligible, 'registered voter has', 'registered voters have')} cast a ballot.`;
  const left = eligible - outcomes.counted;
  const out = !isComplete(snapshot) && contest.candidates.length > 1 && standing !== undefined && standing.lead > left;
  return out ? `${turnout} The lead is larger than the number of those who have not, ${formatNumber(left)}.` : turnout;
}

export const STATUS_WORDS: Readonly<Record<Snapshot['status'], string>> = {
  'pre-election': 'Before opening',
  'unofficial-partial': 'Unofficial, counting',
  'unofficial-complete': 'Unofficial, complete',
};

/**
 * `Rivera` for Ana Rivera, where the name is a person's (it has a party), and no other candidate's ends alike.
 * Names that end in a title or a number (Jr., III) stay whole.
 */
export function shortNames(contest: ContestText): (index: number) => string {
  const last = contest.candidates.map(({ name }) => name.split(/\s+/).at(-1) ?? name);
  return (index) => {
    const candidate = contest.candidates[index];
    const short = last[index];
    if (candidate === undefined || short === undefined) return '';
    const usable = /^\p{Lu}[\p{L}'’-]*\p{Ll}[\p{L}'’-]*$/u.test(short);
    const alone = last.filter((other) => other === short).length === 1;
    return candidate.party !== undefined && usable && alone ? short : candidate.name;
  };
}
