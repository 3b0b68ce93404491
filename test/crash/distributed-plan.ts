import { createDraws } from '../../src/stages/seeded-draws.ts';
import { nextToDie } from './kill-plan.ts';

/** What can happen to a process or a server, and how often it comes beside the others. */
const WEIGHTS = {
  register: 2,
  vote: 3,
  intake: 3,
  tally: 3,
  project: 2,
  dashboard: 1,
  /** Killed, and started again at once. */
  broker: 2,
  postgres: 2,
  /** It stands still for ten seconds: connections stay, answers do not come. */
  pause: 1,
  /** The same, while the intake is flooded. */
  flood: 0.3,
  /** Killed, and away for longer than anybody's patience. */
  away: 0.3,
} as const;
export type Kind = keyof typeof WEIGHTS;
export const KINDS = Object.keys(WEIGHTS) as readonly Kind[];

export interface Kill {
  readonly kind: Kind;
  /** Before it. */
  readonly waitMs: number;
  /** After registrations have come, where the database is to die, or what writes to it. */
  readonly busyMs: number;
  /** Of several of the kind, by its number beyond all of them. */
  readonly which: number;
  /** Once more, so long after it was started again: in its opening. */
  readonly againAfterMs: number | undefined;
}

/** Of the `able` kinds the one that is most behind is next. The same seed draws the same. */
export type DistributedPlan = (attempt: number, able: readonly Kind[], dead: Readonly<Record<Kind, number>>) => Kill;

const LEAST_WAIT_MS = 200;
const MOST_WAIT_MS = 3000;
/** As long as the projection takes to notice registrations, and to write them. */
const MOST_BUSY_MS = 400;
const OPENING_SHARE = 0.2;
const MOST_OPENING_MS = 1500;

export function createDistributedPlan(seed: string): DistributedPlan {
  const draws = createDraws(`distributed/${seed}`);
  return (attempt, able, dead) => {
    const pick = (equals: number): number => draws.below(equals, attempt, 0);
    const again = draws.unit(attempt, 2) < OPENING_SHARE;
    return {
      kind: nextToDie(able, dead, pick, (kind) => WEIGHTS[kind]),
      waitMs: LEAST_WAIT_MS + draws.below(MOST_WAIT_MS - LEAST_WAIT_MS, attempt, 1),
      busyMs: draws.below(MOST_BUSY_MS, attempt, 5),
      which: draws.below(1000, attempt, 3),
      againAfterMs: again ? draws.below(MOST_OPENING_MS, attempt, 4) : undefined,
    };
  };
}
