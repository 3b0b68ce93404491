import type { MethodId } from '../election.ts';
import { approval } from './approval.ts';
import type { Method } from './method.ts';
import { plurality } from './plurality.ts';

/** Every counting method, by the name that an election file gives it. */
export const METHODS: Readonly<Record<MethodId, Method>> = { plurality, approval };
