import type { Topic } from './topics/topics.ts';

/** The map as code: the stages in order, what each reads and writes. README, ARCHITECTURE and `--help` show it; a test holds it to the code. */
export interface Stage {
  readonly name: string;
  /** The program of the ancestor that it takes the place of. */
  readonly ancestor: string;
  readonly folder: string;
  readonly reads: readonly Topic[];
  readonly writes: readonly Topic[];
  readonly does: string;
}

export const STAGES: readonly Stage[] = [
  {
    name: 'register',
    ancestor: 'main.py',
    folder: 'stages/1-register',
    reads: ['events', 'voters'],
    writes: ['events', 'voters'],
    does: 'people onto the roll, serials handed out',
  },
  {
    name: 'vote',
    ancestor: 'voting.py',
    folder: 'stages/2-vote',
    reads: ['events', 'voters'],
    writes: ['ballots'],
    does: 'ballots in, checked for size, batched, durable',
  },
  {
    name: 'tally',
    ancestor: 'spark-streaming.py',
    folder: 'stages/3-tally',
    reads: ['events', 'ballots'],
    writes: [],
    does: 'every line to its outcome, every ballot counted once',
  },
  {
    name: 'publish',
    ancestor: 'spark-streaming.py',
    folder: 'stages/4-publish',
    reads: ['events', 'voters', 'results'],
    writes: ['results'],
    does: 'counts to reports, to the page and to the database',
  },
];

/** The picture of the flow, in text. */
export function diagram(): string {
  return `people ─▶ register ─▶ [voters] ─▶ vote ─▶ [ballots] ─▶ tally ─▶ publish ─▶ [results] ─▶ dashboard
             │                      ▲                                             │
             └─────── [events] ─────┴── defined · issued · opened · closed        └─▶ database`;
}
