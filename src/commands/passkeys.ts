import { answerOnce } from '../db/answered-questions.ts';
import { appendToAuditLog } from '../db/audit-log.ts';
import {
  deletePasskey,
  insertPasskey,
  isKnownToProvider,
  lockPasskeysOf,
  passkeysOf,
  renamePasskey,
  usePasskey,
  type Passkey,
} from '../db/passkeys.ts';
import type { Transaction } from '../db/postgres.ts';
import { proveFactors } from '../db/sessions.ts';
import { actorOfPerson, type Author } from '../domain/author.ts';
import { MAX_PASSKEYS, PasskeyRefused } from '../domain/passkey.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { hashOfChallenge } from '../security/passkey-challenges.ts';
import type { MadePasskey, UsedPasskey } from '../security/passkeys.ts';
import { startSession, type StartedSession } from './sign-in.ts';

/** The session in which a person proves two factors. */
interface InSession {
  readonly personId: string;
  readonly sessionId: string;
}

/**
 * Registers a passkey that a browser has made for a person who is signed in: it has proved two factors by that (D59). Throws
 * `PasskeyRefused`.
 */
export async function registerPasskey(
  tx: Transaction,
  { personId, sessionId }: InSession,
  { name, key, isSynced, challenge }: MadePasskey & { readonly name: string },
  now: Temporal.Instant,
): Promise<Passkey> {
  await answer(tx, challenge, now);
  if ((await passkeysOf(tx, personId)).length >= MAX_PASSKEYS) throw new PasskeyRefused('limit');
  const passkey = await insertPasskey(tx, { personId, name, ...key, isSynced, registeredAt: now });
  if (passkey === null) throw new PasskeyRefused('known');
  const by = { at: now, actor: actorOfPerson(personId) };
  await appendToAuditLog(tx, by, [{ action: 'passkey.registered', subject: passkey.id, details: { isSynced } }]);
  await proveFactors(tx, sessionId, now);
  return passkey;
}

/**
 * Begins a session of the person whose passkey was used: two factors, because the authenticator verified the person (D59). Throws
 * `PasskeyRefused`.
 */
export async function signInByPasskey(
  tx: Transaction,
  { id, counter, challenge }: UsedPasskey & { readonly id: string },
  userAgent: string,
  now: Temporal.Instant,
): Promise<StartedSession> {
  const { personId } = await useOnce(tx, { id, counter, challenge }, now);
  return startSession(tx, personId, { method: 'passkey', hasFactors: true, userAgent }, now);
}

/** Proves two factors anew, in a session of the person whose passkey was used. Throws `PasskeyRefused`. */
export async function confirmByPasskey(
  tx: Transaction,
  { personId, sessionId }: InSession,
  used: UsedPasskey & { readonly id: string },
  now: Temporal.Instant,
): Promise<void> {
  const passkey = await useOnce(tx, used, now);
  if (passkey.personId !== personId) throw new PasskeyRefused('unknown');
  await proveFactors(tx, sessionId, now);
}

/** Names a passkey of one's own. Refuses with `not-found`. */
export async function namePasskey(
  tx: Transaction,
  named: { readonly id: string; readonly personId: string; readonly name: string },
): Promise<Passkey> {
  const passkey = await renamePasskey(tx, named);
  if (passkey === null) throw notFound(`passkey ${named.id} of this person`);
  return passkey;
}

/**
 * Removes a passkey of one's own at once and for good. Refuses with `not-found`, and with `last-passkey` where the person could not
 * sign in any more.
 */
export async function removePasskey(
  tx: Transaction,
  { id, personId }: { readonly id: string; readonly personId: string },
  by: Author,
): Promise<void> {
  const [first, ...others] = await lockPasskeysOf(tx, personId);
  if (first?.id === id && others.length === 0 && !(await isKnownToProvider(tx, personId))) {
    throw new Refused('last-passkey', 'This is the only passkey of this person. Register another one first.');
  }
  if (!(await deletePasskey(tx, { id, personId }))) throw notFound(`passkey ${id} of this person`);
  await appendToAuditLog(tx, by, [{ action: 'passkey.removed', subject: id, details: {} }]);
}

async function useOnce(
  tx: Transaction,
  { id, counter, challenge }: UsedPasskey & { readonly id: string },
  now: Temporal.Instant,
): Promise<Passkey> {
  await answer(tx, challenge, now);
  const passkey = await usePasskey(tx, id, { counter, at: now });
  if (passkey === null) throw new PasskeyRefused('unknown');
  return passkey;
}

async function answer(tx: Transaction, challenge: string, now: Temporal.Instant): Promise<void> {
  if (await answerOnce(tx, hashOfChallenge(challenge), now)) return;
  throw new PasskeyRefused('answered');
}
