import { z } from 'zod';
import { MAX_SERIAL } from '../election/ids.ts';
import { idSchema } from './id-schema.ts';

/**
 * One line of a record of `ballots`, for readers that take it for JSON: what `docs/schemas/ballots.schema.json` is made
 * of. `GRAMMAR` (ballots.ts) decides; it alone says what a schema cannot: one order of keys, no spaces, no escapes, no
 * contest twice, no line above LINE_BYTES.
 */
export const ballotSchema: z.ZodType<BallotJson> = z
  .strictObject({
    serial: z.int().min(0).max(MAX_SERIAL).describe('The number inside the voting code. Its first ballot counts.'),
    place: idSchema.describe('The place that the serial was issued to.'),
    cohort: idSchema.describe('The cohort that the serial was issued to, such as `25-34|f`.'),
    choices: z
      .record(
        idSchema.describe('The id of a contest.'),
        z.array(idSchema.describe('The id of a candidate.')).describe('Names chosen; empty: blank.'),
      )
      .describe('By contest. A contest that is absent is blank.'),
  })
  .describe(
    'One line of the NDJSON that a record holds, as `JSON.parse` reads it. No name and no time: no record ties a person to a choice.',
  );

/** What `JSON.parse` makes of a ballot line. */
interface BallotJson {
  readonly serial: number;
  readonly place: string;
  readonly cohort: string;
  readonly choices: Readonly<Record<string, readonly string[]>>;
}
