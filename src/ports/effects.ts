/** What the outside gives, so that tests can give something else. */
export interface Effects {
  /** Milliseconds since 1970. */
  now(): number;
  log: Logger;
}

/** Structured, one line each. Never holds a ballot line, a code, or a person. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
