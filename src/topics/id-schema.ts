import { z } from 'zod';
import { ID } from '../election/ids.ts';

/** An id as it stands in records: those of the grammar of ballots, and no other. */
export const idSchema: z.ZodString = z.string().regex(new RegExp(`^${ID}$`));
