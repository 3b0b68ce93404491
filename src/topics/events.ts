import { z } from 'zod';
import { LivetallyError } from '../error.ts';
import type { Election } from '../election/election.ts';
import { electionSchema } from '../election/election-schema.ts';
import type { IssuedRun } from '../election/roll.ts';

/** The life of an election, one JSON event a record. Whatever affects counting names positions, never times. */
export type Event =
  /** The first event. `hash` is of the frozen part of `election` (freeze.ts). */
  | { readonly type: 'defined'; readonly election: Election; readonly hash: string; readonly partitions: number }
  /** New texts, colours or photos; the frozen part is as defined. */
  | { readonly type: 'described'; readonly election: Election }
  /**
   * Serials handed out, durable before any of their codes is used. `at` is the offset at which the event is to stand:
   * whoever wrote it had read all events before it, and no other; one that stands elsewhere is void. `source` names
   * the roll, `upTo` counts its people up to the end of this issue, so that a registration that died goes on where it
   * was. `by` names whoever wrote it: two registers at once may write the very same otherwise, and where their answers
   * are lost each has to find out which of them it was (append-issue.ts). It decides nothing in the count.
   */
  | {
      readonly type: 'issued';
      readonly at: number;
      readonly source: string;
      readonly upTo: number;
      readonly runs: readonly IssuedRun[];
      readonly by?: string | undefined;
    }
  /** `ballots` is the identity of that topic: another one later means that it was deleted and made anew. */
  | { readonly type: 'opened'; readonly ballots?: string | undefined }
  /** Ballots at and after these offsets are late; by partition. */
  | { readonly type: 'closed'; readonly ballots: readonly number[] }
  /**
   * The engine run whose reports are the results from here on; before, whoever publishes. `position` is where its count was
   * compared with another engine's, and `hash` what both had there.
   */
  | { readonly type: 'promoted'; readonly run: string; readonly position: string; readonly hash: string }
  /** Taken out of the count, by offsets (`from` inclusive, `to` exclusive) or by serial. */
  | {
      readonly type: 'excluded';
      readonly ranges: readonly OffsetRange[];
      readonly serials: readonly number[];
      readonly why: string;
    };

export type Issued = Extract<Event, { type: 'issued' }>;

/** Whether an issue hands out nothing: it was written for another offset than the one at which it stands. */
export function isVoid({ at }: Issued, offset: number): boolean {
  return at !== offset;
}

/** How many people an issue hands serials to. */
export function peopleOf({ runs }: Issued): number {
  return runs.reduce((people, [, count]) => people + count, 0);
}

export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

const offset = z.int().min(0);
// a schema of its own, so that the published one has the election once
const election = electionSchema.meta({ id: 'election', title: 'election' });

/** What `docs/schemas/events.schema.json` is made of: each event stands there under its type. */
export const eventSchema: z.ZodType<Event> = z.discriminatedUnion('type', [
  z
    .object({
      type: typeOf('defined'),
      election: election.describe('The whole election, texts and photos included, with defaults filled in.'),
      hash: z.string().describe('SHA-256 of what can no longer change, hex; reports repeat it as `definition`.'),
      partitions: z.int().min(1).describe('Partitions of `ballots`: a ballot stands in number serial mod partitions.'),
    })
    .meta({ id: 'defined', title: 'defined', description: 'The election exists; always the first event, and once.' }),
  z
    .object({
      type: typeOf('described'),
      election: election.describe('The whole election anew; what decides the count is as defined.'),
    })
    .meta({ id: 'described', title: 'described', description: 'New texts, colours or photos.' }),
  z
    .object({
      type: typeOf('issued'),
      at: offset.describe(
        'The offset at which this event is to stand: where the events ended for whoever wrote it. One that stands elsewhere is void, and hands out nothing.',
      ),
      source: z.string().describe('Where the people come from, as in `voters`: `people:7` for seed 7, `roll:` …'),
      upTo: offset.describe('People of the source who have serials once this issue is done.'),
      runs: z
        .array(
          z
            .tuple([
              offset.describe('The first serial.'),
              z.int().min(1).describe('How many serials, one after the other.'),
              z.string().describe('The place to which they all belong.'),
              z.string().describe('The cohort to which they all belong.'),
            ])
            .describe('One run of serials: first, count, place, cohort.'),
        )
        .describe('The serials. A ballot counts only under a serial that stands here, and with its place and cohort.'),
      by: z.string().optional().describe('Who wrote it, so that it can be found again. It decides nothing.'),
    })
    .meta({
      id: 'issued',
      title: 'issued',
      description: 'Serials handed out; durable before any voting code with one of them is used.',
    }),
  z
    .object({
      type: typeOf('opened'),
      ballots: z
        .string()
        .optional()
        .describe('The identity of the topic `ballots`: another one later is another topic.'),
    })
    .meta({ id: 'opened', title: 'opened', description: 'The polls are open. Nothing is counted otherwise for it.' }),
  z
    .object({
      type: typeOf('closed'),
      ballots: z
        .array(offset)
        .describe('One offset for each partition of `ballots`: lines of records at and after it are late.'),
    })
    .meta({ id: 'closed', title: 'closed', description: 'The election is closed at a position, not at a time.' }),
  z
    .object({
      type: typeOf('promoted'),
      run: z.string().describe('`in-process`, or the id of a run of a cluster.'),
      position: z.string().describe('Where its count was compared with that of another engine.'),
      hash: z.string().describe('SHA-256 of the counts that both engines had there, hex.'),
    })
    .meta({ id: 'promoted', title: 'promoted', description: 'Whose reports are the results from here on.' }),
  z
    .object({
      type: typeOf('excluded'),
      ranges: z
        .array(
          z
            .object({
              partition: offset.describe('A partition of `ballots`.'),
              from: offset.describe('The first offset taken out.'),
              to: offset.describe('The first offset after it that is not.'),
            })
            .describe('Neighbouring records of one partition.'),
        )
        .describe('Records of `ballots` whose lines do not count.'),
      serials: z.array(offset).describe('Serials whose ballots do not count.'),
      why: z.string().describe('The reason, for people.'),
    })
    .meta({ id: 'excluded', title: 'excluded', description: 'Ballots taken out of the count; a correction.' }),
]);

function typeOf<Type extends Event['type']>(type: Type): z.ZodLiteral<Type> {
  return z.literal(type).describe('What happened.');
}

export function encodeEvent(event: Event): Uint8Array {
  return Buffer.from(JSON.stringify(event));
}

/** Throws LT_EVENT_UNKNOWN: an event that is not understood may decide the count, so it is never skipped. */
export function decodeEvent(value: Uint8Array, at: number): Event {
  try {
    return eventSchema.parse(JSON.parse(Buffer.from(value).toString()));
  } catch (cause) {
    throw new LivetallyError('LT_EVENT_UNKNOWN', `Event ${at} of this election is not one that this version knows.`, {
      next: 'Run the version of livetally that wrote it, or a newer one.',
      cause,
    });
  }
}
