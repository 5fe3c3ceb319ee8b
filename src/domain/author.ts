/** Who does an act, and when. Every command gets one and stores it with what the command writes (D28, D29). */
export interface Author {
  readonly at: Temporal.Instant;
  /** A person, a key or the system, as the record names it. */
  readonly actor: string;
}

/** The actor of acts that no person or key does, for example of a window that closes. */
export const SYSTEM = 'system';
