import type { Topic } from './topics/topics.ts';

/** The map as code: the stages in order, what each reads and writes. README, ARCHITECTURE and `--help` show it; a test holds it to the code. */
export interface Stage {
  readonly name: string;
  readonly folder: string;
  readonly reads: readonly Topic[];
  readonly writes: readonly Topic[];
}

export const STAGES: readonly Stage[] = [
  {
    name: 'register',
    folder: 'stages/1-register',
    reads: ['events', 'voters'],
    writes: ['events', 'voters'],
  },
  {
    name: 'vote',
    folder: 'stages/2-vote',
    reads: ['events', 'voters'],
    writes: ['ballots'],
  },
  {
    name: 'tally',
    folder: 'stages/3-tally',
    reads: ['events', 'ballots'],
    writes: [],
  },
  {
    name: 'publish',
    folder: 'stages/4-publish',
    reads: ['events', 'voters', 'ballots', 'results'],
    writes: ['results'],
  },
];

/** The picture of the flow, in text. */
export function diagram(): string {
  return `people ─▶ register ─▶ [voters] ─▶ vote ─▶ [ballots] ─▶ tally ─▶ publish ─▶ [results] ─▶ dashboard
             │                      ▲                                             │
             └─────── [events] ─────┴── defined · issued · opened · closed        └─▶ database`;
}
