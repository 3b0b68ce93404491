import type { Method } from './method.ts';
import { nameCount } from './name-count.ts';

/** One name a ballot; the most votes win. */
export const plurality: Method = nameCount('plurality', () => 1);
