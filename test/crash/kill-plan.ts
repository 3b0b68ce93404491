import { createDraws } from '../../src/stages/seeded-draws.ts';
import type { Stage } from './victim.ts';

/** One victim: what it does, and when it dies. */
export interface Kill {
  readonly stage: Stage;
  /** What it has to say first: in the opening of the folder, or at work. */
  readonly after: 'started' | 'working';
  readonly waitMs: number;
  readonly morePeople: number;
  readonly rebuild: boolean;
}

/** About as long as there is something to do, and not so long that a campaign takes for ever. */
const MOST_WAIT_MS: Readonly<Record<Stage, number>> = { register: 400, vote: 600, tally: 800, all: 2400 };
const OPENING_SHARE = 0.2;
const MOST_OPENING_MS = 250;
const REBUILD_SHARE = 0.4;
/** More than a victim comes to. */
const MORE_PEOPLE = 10_000;

/** Of the `able` stages the one with the fewest `dead` is next, so that they spread evenly. The same seed draws the same. */
export type KillPlan = (attempt: number, able: readonly Stage[], dead: Readonly<Record<Stage, number>>) => Kill;

/** The one of the `able` with the fewest deaths for its weight; `pick` chooses among equals by their number. */
export function nextToDie<Kind extends string>(
  able: readonly Kind[],
  dead: Readonly<Record<Kind, number>>,
  pick: (equals: number) => number,
  weightOf: (kind: Kind) => number = () => 1,
): Kind {
  const load = (kind: Kind): number => dead[kind] / weightOf(kind);
  const least = Math.min(...able.map(load));
  const next = able.filter((kind) => load(kind) === least);
  return next[pick(next.length)]!;
}

export function createKillPlan(seed: string): KillPlan {
  const draws = createDraws(`kills/${seed}`);
  return (attempt, able, dead) => {
    const stage = nextToDie(able, dead, (equals) => draws.below(equals, attempt, 0));
    const after = draws.unit(attempt, 1) < OPENING_SHARE ? 'started' : 'working';
    const mostMs = after === 'started' ? MOST_OPENING_MS : MOST_WAIT_MS[stage];
    return {
      stage,
      after,
      waitMs: Math.floor(mostMs * draws.unit(attempt, 2) ** 2), // rather soon: there may be little to do
      morePeople: MORE_PEOPLE,
      rebuild: stage === 'tally' && draws.unit(attempt, 3) < REBUILD_SHARE,
    };
  };
}
