import type { Method } from './method.ts';
import { nameCount } from './name-count.ts';

/** As many names as the voter approves of, each once, up to `choose`; the most approvals win. */
export const approval: Method = nameCount('approval', (contest) => contest.choose ?? contest.candidates.length);
