/** Who does an act, and when. Every command gets one and stores it with what the command writes (D28, D29). */
export interface Author {
  readonly at: Temporal.Instant;
  /**
   * A key, a link or the system, as the record names it: by role and id, never by name (D48). `author_in_words` of
   * sql/persons.sql puts in the name when it is shown.
   */
  readonly actor: string;
}

/** The actor of acts that no person or key does, for example of a window that closes. */
export const SYSTEM = 'system';

/** The actor of what is done with this API key. */
export const actorWithKey = (keyId: string): string => `key ${keyId}`;

/** The actor of what is done through the link of this message: who it was sent to. */
export const actorWithLink = (messageId: string): string => `link ${messageId}`;

/** The id of the key in an author, as the record names it and as it is shown. */
const KEY = /\bkey ([0-9a-f-]{36})\)?$/;

/**
 * Whether two acts were done by the same person, as far as the record can tell: with the same API key. Where an act must be
 * confirmed by a second person, this one must be false (D39, D41).
 */
export function isSamePerson(one: string, other: string): boolean {
  const [key, otherKey] = [KEY.exec(one)?.[1], KEY.exec(other)?.[1]];
  return key === undefined || otherKey === undefined ? one === other : key === otherKey;
}
