import type { CandidateText } from '../src/stages/4-publish/view.ts';

/** For candidates without a colour of their own: told apart by most eyes, on paper and on black. */
const PALETTE = ['#2f6fd0', '#d1622b', '#2e9d6a', '#8a63c9', '#c2417c', '#3a9fb5', '#a58a1f', '#7a7f88'];

/** Far steps around the circle of hues, so that the fortieth candidate still differs from its neighbours. */
const GOLDEN_ANGLE = 137.5;

export function colourOf({ colour }: Pick<CandidateText, 'colour'>, index: number): string {
  return colour ?? PALETTE[index] ?? `hsl(${Math.round((index * GOLDEN_ANGLE) % 360)} 45% 50%)`;
}
