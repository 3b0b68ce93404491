/**
 * A failure that a person can act on. Expected refusals (a repeat, a malformed line) are values, not errors.
 *
 * `code` is stable and listed in docs/errors.md; `next` says what to do about it.
 */
export class LivetallyError extends Error {
  override readonly name = 'LivetallyError';
  readonly code: ErrorCode;
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.next = options.next;
  }
}

/** Every code, with the exit code of a command that ends on it. */
export const EXIT_CODES = {
  LT_USAGE: 2, // a flag or argument is wrong
  LT_ELECTION_FILE: 3, // the election file does not parse or does not check
  LT_ELECTION_FROZEN: 3, // the file differs from the defined election in what decides the count
  LT_ELECTION_OPEN: 3, // what was asked for needs polls that are closed and ballots that are counted
  LT_NO_ELECTION: 3, // nothing is defined in this data folder yet
  LT_INPUT_FILE: 4, // a roll, pack or result file cannot be read
  LT_FILE: 4, // a file cannot be written or read: disk full, folder gone, not allowed
  LT_PACK_REFUSED: 4, // a result file contradicts itself (a double count)
  LT_DATA_LOCKED: 5, // another process owns the data folder
  LT_DATA_FOLDER: 5, // the data folder cannot be used
  LT_VOTING_KEY: 5, // the key of the voting codes is malformed, or others can read it
  LT_PORT_IN_USE: 6,
  LT_LOG_WRITE: 7, // the log refused an append: disk full, folder gone
  LT_LOG_AWAY: 7, // the broker cannot be reached, or does not answer in time
  LT_LOG_ACCESS: 7, // the broker refuses who we are: password, certificate, encryption, rights
  LT_LOG_MISMATCH: 7, // partitions or identity of the log are not those of the election
  LT_SNAPSHOT_CORRUPT: 8,
  LT_EVENT_UNKNOWN: 8, // the events hold a type that this version does not know
  LT_DATABASE: 9, // the database refused something
  LT_DATABASE_AWAY: 9, // the database server cannot be reached
  LT_SPARK_AWAY: 11, // the Spark cluster cannot be reached, does not answer in time, or does not reach the brokers
  LT_SPARK_ACCESS: 11, // the Spark cluster refuses who we are: token, certificate, encryption
  LT_SPARK: 11, // the Spark cluster cannot do the count: old, without its connector or its folder, a failed query
  LT_COUNT_DIFFERS: 10, // recount, replay: obtained is not expected
  LT_EQUALITY: 10, // a report broke an equality and was withheld
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;
