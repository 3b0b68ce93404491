import { expect, test } from 'vitest';
import type { CandidateText, ContestText, Snapshot } from '../src/stages/4-publish/view.ts';
import { headlineOf, ledeOf, shortNames } from './headline.ts';
import { standingOf } from './standing.ts';

type Said = Parameters<typeof headlineOf>[0];

const PEOPLE = ['Ana Rivera', 'Tobias Okafor', 'Mei Lindqvist', 'Sam Whitaker'];

function contestOf(names: readonly string[], changes: Partial<ContestText> = {}): ContestText {
  const candidates = names.map((name, at): CandidateText => ({ id: `c${at}`, name, party: 'Party' }));
  return { id: 'president', title: 'President', method: 'plurality', candidates, ...changes };
}

interface Given {
  readonly votes?: readonly number[];
  readonly contest?: ContestText;
  readonly status?: Snapshot['status'];
  readonly counted?: number;
  readonly eligible?: number;
  readonly hidden?: boolean;
}

function given({ votes = [], contest = contestOf(PEOPLE), status = 'unofficial-partial', ...more }: Given): Said {
  const valid = votes.reduce((sum, number) => sum + number, 0);
  const snapshot = {
    status,
    eligible: more.eligible ?? 2000,
    outcomes: { counted: more.counted ?? valid },
  } as Snapshot;
  return { contest, snapshot, standing: more.hidden === true ? undefined : standingOf(contest, { votes, valid }) };
}

test.each<[string, Given]>([
  ['Rivera leads Okafor by 41,203 votes', { votes: [91_203, 50_000, 3, 2] }],
  ['Okafor leads Rivera by 1 vote', { votes: [6, 7, 1, 1] }],
  ['Rivera and Okafor are tied at 12 votes', { votes: [12, 12, 3, 1] }],
  ['Rivera, Okafor and Lindqvist are tied at 1 vote', { votes: [1, 1, 1, 0] }],
  ['4 candidates are tied at 5 votes', { votes: [5, 5, 5, 5] }],
  ['Rivera has 3 votes', { votes: [3], contest: contestOf(['Ana Rivera']) }],
  ['Yes leads No by 2 approvals', { votes: [3, 1], contest: contestOf(['Yes', 'No'], { method: 'approval' }) }],
  ['No ballots yet', { votes: [0, 0, 0, 0] }],
  ['No candidate has a vote yet', { votes: [0, 0, 0, 0], counted: 7 }],
  ['Voting has not opened yet', { status: 'pre-election' }],
  ['Voting has not opened yet', { status: 'pre-election', hidden: true }],
  ['Results are hidden until the count is complete', { hidden: true, counted: 900 }],
  ['Rivera finishes 5 votes ahead of Okafor', { votes: [10, 5, 1, 1], status: 'unofficial-complete' }],
  ['No ballots were cast', { votes: [0, 0, 0, 0], status: 'unofficial-complete' }],
])('[H16] the headline says: %s', (headline, said) => {
  expect(plain(headlineOf(given(said)))).toBe(headline);
});

test.each<[string, Given]>([
  ['120 of 2,000 registered voters have cast a ballot.', { votes: [60, 60], counted: 120 }],
  ['1 of 1 registered voter has cast a ballot.', { votes: [1, 0], eligible: 1, status: 'unofficial-complete' }],
  ['2,000 voters are registered.', { status: 'pre-election' }],
  [
    '1,500 of 2,000 registered voters have cast a ballot. The lead is larger than the number of those who have not, 500.',
    { votes: [1001, 499] },
  ],
  ['1,500 of 2,000 registered voters have cast a ballot.', { votes: [1000, 500] }],
])('[H16] the sentence under it says: %s', (sentence, said) => {
  expect(plain(ledeOf(given(said)))).toBe(sentence);
});

test.each([
  [
    ['Ana Rivera', 'Tobias Okafor'],
    ['Rivera', 'Okafor'],
  ],
  [
    ['Ana Rivera', 'Luis Rivera', 'Sam Lee'],
    ['Ana Rivera', 'Luis Rivera', 'Lee'],
  ],
  [
    ['Henry Ford II', 'Sammy Davis Jr.', "Conor O'Brien"],
    ['Henry Ford II', 'Sammy Davis Jr.', "O'Brien"],
  ],
])('[H16] %j are called %j', (names, short) => {
  const name = shortNames(contestOf(names));
  expect(names.map((_, at) => name(at))).toEqual(short);
});

test('[H16] what has no party is no person, and keeps its whole name', () => {
  const candidates = [{ id: 'a', name: 'Build a New Library' }];
  expect(shortNames(contestOf([], { candidates }))(0)).toBe('Build a New Library');
});

function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
