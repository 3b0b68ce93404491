import type { ContestFigures } from '../src/election/figures.ts';
import type { CandidateText, ContestText } from '../src/stages/4-publish/view.ts';
import { colourOf } from './colour.ts';

/** One candidate as it stands. */
export interface Ranked {
  readonly candidate: CandidateText;
  /** Its index in the contest. */
  readonly index: number;
  readonly colour: string;
  readonly votes: number;
  /** Of the valid ballots, 0 … 1; with approval, shares add up to more than 1. Absent without valid ballots. */
  readonly share: number | undefined;
}

export interface Standing {
  /** Most votes first; equal votes in the contest's order. */
  readonly ranked: readonly Ranked[];
  readonly valid: number;
  /** How many share the most votes; 0 without votes. */
  readonly leaders: number;
  /** First minus second; of a single candidate, all its votes. */
  readonly lead: number;
}

export function standingOf(contest: ContestText, { votes, valid }: Pick<ContestFigures, 'votes' | 'valid'>): Standing {
  const ranked = contest.candidates
    .map((candidate, index) => ({
      candidate,
      index,
      colour: colourOf(candidate, index),
      votes: votes[index] ?? 0,
      share: valid === 0 ? undefined : (votes[index] ?? 0) / valid,
    }))
    .sort((one, other) => other.votes - one.votes);
  const most = ranked[0]?.votes ?? 0;
  const leaders = most === 0 ? 0 : ranked.filter((one) => one.votes === most).length;
  return { ranked, valid, leaders, lead: most - (ranked[1]?.votes ?? 0) };
}

/** A part of a bar of a hundred per cent. */
export interface StackPart {
  readonly name: string;
  readonly colour: string;
  readonly share: number;
}

const STACK_PARTS = 6;
const OTHERS_COLOUR = 'var(--others)';

/** The votes as parts of all votes, leaders first in a fixed order of candidates, the many small ones as one. */
export function stackOf(standing: Standing, order: readonly Ranked[] = standing.ranked): StackPart[] {
  const all = standing.ranked.reduce((sum, one) => sum + one.votes, 0);
  if (all === 0) return [];
  const byIndex = new Map(standing.ranked.map((one) => [one.index, one]));
  const named = order.slice(0, order.length > STACK_PARTS ? STACK_PARTS - 1 : STACK_PARTS);
  const parts = named.map(({ candidate, colour, index }) => {
    return { name: candidate.name, colour, share: (byIndex.get(index)?.votes ?? 0) / all };
  });
  const others = 1 - parts.reduce((sum, part) => sum + part.share, 0);
  if (order.length > named.length) parts.push({ name: 'Others', colour: OTHERS_COLOUR, share: Math.max(0, others) });
  return parts;
}
