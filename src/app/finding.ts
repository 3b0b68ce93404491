import { LivetallyError } from '../error.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly state: 'good' | 'note' | 'bad';
  readonly what: string;
  readonly says: string;
  /** What to do about it. */
  readonly next?: string | undefined;
}

/** What `look` found; a failure that a person can act on is a finding too. */
export async function findings(what: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof LivetallyError)) throw error;
    return [{ state: 'bad', what, says: error.message, next: error.next }];
  }
}
