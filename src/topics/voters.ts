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

export function encodeRegistration(registration: Registration): Uint8Array {
  return Buffer.from(JSON.stringify(registration));
}

/** Our own bytes read back; what wrote them is trusted. */
export function decodeRegistration(value: Uint8Array): Registration {
  return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as Registration;
}
