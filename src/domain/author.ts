import type { ProposalKind } from './proposal.ts';

/** Who does an act, and when. Every command gets one and stores it with what the command writes (D28, D29). */
export interface Author {
  readonly at: Temporal.Instant;
  /**
   * A person of the company, a key, a link or the system, as the record names it: by role and id, never by name (D48). `author_in_words` of
   * sql/persons.sql puts in the name when it is shown.
   */
  readonly actor: string;
  /** What the act is, where it is done because a proposal of it was approved (D61). */
  readonly approved?: ProposalKind;
}

/** The actor of acts that no person or key does, for example of a window that closes. */
export const SYSTEM = 'system';

/** The actor of what is done with this API key. */
export const actorWithKey = (keyId: string): string => `key ${keyId}`;

/** The actor of what this person of the company does, signed in. */
export const actorOfPerson = (personId: string): string => `person ${personId}`;

/** The actor of what is done through the link of this message: who it was sent to. */
export const actorWithLink = (messageId: string): string => `link ${messageId}`;

/** An author as it is shown, without the id that the record has: "Anne Holm". */
export function authorWithoutId(shown: string): string {
  return shown.replace(/ \((?:person|key) [0-9a-f-]{36}\)$/, '');
}
