import { appendToAuditLog } from '../db/audit-log.ts';
import { findFirstAdministrator, insertPerson, lockNewPeople } from '../db/people.ts';
import { insertPersonRole } from '../db/person-roles.ts';
import type { Transaction } from '../db/postgres.ts';
import { insertSession } from '../db/sessions.ts';
import { insertSignInLink, useSignInLink } from '../db/sign-in-links.ts';
import { actorOfPerson, SYSTEM } from '../domain/author.ts';
import { SESSION_HOURS, type SignInMethod } from '../domain/session.ts';
import { hashSecret, newSecret } from '../security/sessions.ts';

/** How long a one-time link is good for. */
const LINK_HOURS = 24;

/** The secret that the browser keeps, and the session that it is of. */
export interface StartedSession {
  readonly id: string;
  readonly secret: string;
  readonly expiresAt: Temporal.Instant;
}

/** Begins a session of a person who has just proved who they are (D56). `hasFactors` says whether by two factors. */
export async function startSession(
  tx: Transaction,
  personId: string,
  how: { readonly method: SignInMethod; readonly hasFactors: boolean; readonly userAgent: string },
  now: Temporal.Instant,
): Promise<StartedSession> {
  const secret = newSecret();
  const expiresAt = now.add({ hours: SESSION_HOURS });
  const id = await insertSession(tx, {
    personId,
    hash: hashSecret(secret),
    method: how.method,
    startedAt: now,
    expiresAt,
    factorsAt: how.hasFactors ? now : null,
    userAgent: how.userAgent.slice(0, 300),
  });
  await appendToAuditLog(tx, { at: now, actor: actorOfPerson(personId) }, [
    { action: 'session.started', subject: id, details: { method: how.method } },
  ]);
  return { id, secret, expiresAt };
}

/**
 * Signs in by a one-time link; `null` where it is not good. It proves one mailbox and no second factor: in a trial, where there
 * may be no authenticator, it counts for both.
 */
export async function signInByLink(
  tx: Transaction,
  secret: string,
  { isTrial, userAgent }: { readonly isTrial: boolean; readonly userAgent: string },
  now: Temporal.Instant,
): Promise<StartedSession | null> {
  const link = await useSignInLink(tx, hashSecret(secret), now);
  return link && startSession(tx, link.personId, { method: 'link', hasFactors: isTrial, userAgent }, now);
}

/**
 * The secret of a new one-time link for the first administrator of a trial, who is made where there is none. Earlier such links
 * are good no more.
 */
export async function linkOfFirstAdministrator(tx: Transaction, email: string, at: Temporal.Instant): Promise<string> {
  const by = { at, actor: SYSTEM };
  await lockNewPeople(tx);
  let person = await findFirstAdministrator(tx);
  if (person === null) {
    person = await insertPerson(tx, { name: 'Administrator', email }, by);
    await insertPersonRole(tx, { personId: person.id, role: 'admin', product: null, source: 'given' }, by);
    await appendToAuditLog(tx, by, [{ action: 'person.added', subject: person.id, details: { role: 'admin' } }]);
  }
  const secret = newSecret();
  await insertSignInLink(tx, {
    personId: person.id,
    hash: hashSecret(secret),
    purpose: 'first-administrator',
    ...by,
    expiresAt: at.add({ hours: LINK_HOURS }),
  });
  return secret;
}
