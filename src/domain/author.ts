/** Who does an act, and when. Handed to every command and kept with what the command writes (D28, D29). */
export interface Author {
  readonly at: Temporal.Instant;
  /** A person, a key or the system, as the record names it. */
  readonly actor: string;
}

/** The actor of what follows by itself, for example of a window that closes. */
export const SYSTEM = 'system';
