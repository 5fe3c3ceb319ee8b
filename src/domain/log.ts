/** The log of the parts that run unattended. `details` are fields of the log line; an error goes into `err`. */
export interface Log {
  /** A fault that a later attempt or run will recover from. */
  warn(details: object, message: string): void;
  /** A fault that an operator should look at. Raised in the log, because an alarm must not depend on mail. */
  error(details: object, message: string): void;
}

/** A log that also takes what is no fault, and somebody may want to know later. */
export interface TellingLog extends Log {
  info(details: object, message: string): void;
}
