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
   * Serials handed out, durable before any of their codes is used. `source` names the roll, `upTo` counts its
   * people up to the end of this issue, so that a registration that died goes on where it was.
   */
  | { readonly type: 'issued'; readonly source: string; readonly upTo: number; readonly runs: readonly IssuedRun[] }
  | { readonly type: 'opened' }
  /** Ballots at and after these offsets are late; by partition. */
  | { readonly type: 'closed'; readonly ballots: readonly number[] }
  /** Taken out of the count, by offsets (`from` inclusive, `to` exclusive) or by serial. */
  | {
      readonly type: 'excluded';
      readonly ranges: readonly OffsetRange[];
      readonly serials: readonly number[];
      readonly why: string;
    };

export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

const offset = z.int().min(0);

const eventSchema: z.ZodType<Event> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('defined'), election: electionSchema, hash: z.string(), partitions: z.int().min(1) }),
  z.object({ type: z.literal('described'), election: electionSchema }),
  z.object({
    type: z.literal('issued'),
    source: z.string(),
    upTo: offset,
    runs: z.array(z.tuple([offset, z.int().min(1), z.string(), z.string()])),
  }),
  z.object({ type: z.literal('opened') }),
  z.object({ type: z.literal('closed'), ballots: z.array(offset) }),
  z.object({
    type: z.literal('excluded'),
    ranges: z.array(z.object({ partition: offset, from: offset, to: offset })),
    serials: z.array(offset),
    why: z.string(),
  }),
]);

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
