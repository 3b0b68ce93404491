import { z } from 'zod';
import { idSchema } from './id-schema.ts';
import type { ShapeOf } from './shape-of.ts';

/**
 * One registration: personal data, which lives in this topic and in the database, nowhere else. It holds no voting
 * code and no serial: no record ties a person to a ballot.
 */
export interface Registration {
  /** Where the person comes from, and the number of the person in it: `people:7` and 41. */
  readonly source: string;
  readonly index: number;
  readonly place: string;
  readonly cohort: string;
  readonly registrationNumber: string;
  readonly name: string;
  /** ISO date. */
  readonly dateOfBirth?: string | undefined;
  readonly gender?: string | undefined;
  readonly nationality?: string | undefined;
  readonly address?: Address | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly mobile?: string | undefined;
  /** A path such as `portraits/09af33c1.svg`: whoever shows it draws it from the number in its name. Never fetched. */
  readonly picture?: string | undefined;
  /** Whole years on the day of the election. */
  readonly registeredAge?: number | undefined;
}

/** As far as the roll tells. */
export interface Address {
  readonly street?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly country?: string | undefined;
  readonly postcode?: string | undefined;
}

const addressSchema = z
  .strictObject({
    street: z.string().optional().describe('Street and number.'),
    city: z.string().optional().describe('City.'),
    state: z.string().optional().describe('State or province.'),
    country: z.string().optional().describe('Country.'),
    postcode: z.string().optional().describe('Postcode; text, since it may begin with 0.'),
  } satisfies ShapeOf<Address>)
  .describe('As far as the roll tells.');

/** What `docs/schemas/voters.schema.json` is made of. Strict: a registration with a serial or a choice is none. */
export const registrationSchema: z.ZodType<Registration> = z
  .strictObject({
    source: z.string().min(1).describe('Where the person comes from: `people:7` for seed 7, or a roll by its digest.'),
    index: z.int().min(0).describe('The number of the person in the source; source and index name a person once.'),
    place: idSchema.describe('The place where the person votes.'),
    cohort: idSchema.describe('The cohort of the person, such as `25-34|f`.'),
    registrationNumber: z.string().min(1).max(64).describe('As the roll has it. No voting code, and no serial.'),
    name: z.string().min(1).describe('The full name.'),
    dateOfBirth: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .optional()
      .describe('ISO date.'),
    gender: z.string().optional().describe('As the roll or the cohort states it.'),
    nationality: z.string().optional().describe('As the roll states it.'),
    address: addressSchema.optional(),
    email: z.string().optional().describe('Mail address; of invented people one that reaches nobody.'),
    phone: z.string().optional().describe('Telephone; of invented people one that reaches nobody.'),
    mobile: z.string().optional().describe('Mobile telephone; of invented people one that reaches nobody.'),
    picture: z
      .string()
      .optional()
      .describe('A path such as `portraits/09af33c1.svg`: drawn from the number in its name, never fetched.'),
    registeredAge: z.int().min(0).max(150).optional().describe('Whole years on the day of the election.'),
  } satisfies ShapeOf<Registration>)
  .describe('One person on the roll. Personal data: it stands here and in the database, nowhere else.');

export function encodeRegistration(registration: Registration): Uint8Array {
  return Buffer.from(JSON.stringify(registration));
}

/** Our own bytes read back; what wrote them is trusted. */
export function decodeRegistration(value: Uint8Array): Registration {
  return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as Registration;
}
