/** Who decided, and when: handed to every command and kept with what it writes (D28, D29). */
export interface Author {
  readonly at: Temporal.Instant;
  readonly actor: string;
}

/** The actor of what follows by itself. */
export const SYSTEM = 'system';
