/** Who does an act, and when. Every command gets one and stores it with what the command writes (D28, D29). */
export interface Author {
  readonly at: Temporal.Instant;
  /** A person, a key or the system, as the record names it. */
  readonly actor: string;
}

/** The actor of acts that no person or key does, for example of a window that closes. */
export const SYSTEM = 'system';

/** The id of the key in the text of an author, as `authorOf` writes it. */
const KEY = /\(key ([0-9a-f-]{36})\)$/;

/**
 * Whether two acts were done by the same person, as far as the record can tell: with the same API key, whatever it was called at
 * the time. Where an act must be confirmed by a second person, this one must be false (D39, D41).
 */
export function isSamePerson(one: string, other: string): boolean {
  const [key, otherKey] = [KEY.exec(one)?.[1], KEY.exec(other)?.[1]];
  return key === undefined || otherKey === undefined ? one === other : key === otherKey;
}
