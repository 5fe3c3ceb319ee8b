import type { Caller } from './caller.ts';

/** How a session was begun: by a one-time link, a passkey, or the company's identity provider. */
export const SIGN_IN_METHODS = ['link', 'passkey', 'openid'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** A session ends after a working day, and sooner where nobody has used it for half an hour (D56). */
export const SESSION_HOURS = 8;
export const IDLE_MINUTES = 30;
/** What cannot be undone takes two factors that were proved within so many minutes (D56). */
export const FRESH_MINUTES = 15;

/** A browser that is signed in. */
export interface Session {
  readonly id: string;
  readonly method: SignInMethod;
  readonly startedAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly seenAt: Temporal.Instant;
  /** When two factors were last proved; `null` for never. */
  readonly factorsAt: Temporal.Instant | null;
}

/** A person of the company who is signed in. */
export interface SignedIn extends Caller {
  readonly kind: 'person';
  readonly email: string;
  readonly session: Session;
}

/** Whether the person has proved two factors lately enough for what cannot be undone. */
export function areFactorsFresh({ factorsAt }: Session, now: Temporal.Instant): boolean {
  return factorsAt !== null && Temporal.Instant.compare(now, factorsAt.add({ minutes: FRESH_MINUTES })) < 0;
}
