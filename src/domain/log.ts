/** Where the parts that run unattended report. `details` are fields of the log line; an error stands in `err`. */
export interface Log {
  /** Something went wrong and mends itself: the next attempt or run takes it up. */
  warn(details: object, message: string): void;
  /** Somebody should look. An alarm must not need mail, so it is raised here. */
  error(details: object, message: string): void;
}
