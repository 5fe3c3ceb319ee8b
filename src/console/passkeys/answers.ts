import { confirmByPasskey, registerPasskey, signInByPasskey } from '../../commands/passkeys.ts';
import type { StartedSession } from '../../commands/sign-in.ts';
import { findPasskey, passkeysOf, type Passkey } from '../../db/passkeys.ts';
import { inTransaction } from '../../db/postgres.ts';
import { PasskeyRefused } from '../../domain/passkey.ts';
import type { SignedIn } from '../../domain/session.ts';
import {
  creationOptions,
  credentialIn,
  madePasskey,
  NotVerified,
  relyingPartyAt,
  requestOptions,
  usedPasskey,
  type RelyingParty,
  type UsedPasskey,
} from '../../security/passkeys.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import type { AnswerFault } from './texts.ts';

/** What a challenge is for: nobody can answer one that was asked for something else, or of somebody else. */
const PURPOSES = {
  signIn: 'sign-in',
  register: (personId: string) => `register ${personId}`,
  confirm: (personId: string) => `confirm ${personId}`,
};

const partyOf = ({ api }: ConsoleDependencies): RelyingParty => relyingPartyAt(api.publicUrl());
const newChallenge = ({ api, challenges }: ConsoleDependencies, purpose: string) =>
  challenges.make(purpose, api.clock());

/** What a browser asks any passkey of ours with, to sign in. */
export function optionsToSignIn(dependencies: ConsoleDependencies): Promise<object> {
  return requestOptions(partyOf(dependencies), newChallenge(dependencies, PURPOSES.signIn));
}

/** What a browser makes another passkey of this person with. */
export async function optionsToRegister(dependencies: ConsoleDependencies, person: SignedIn): Promise<object> {
  const has = await passkeysOf(dependencies.api.pool, person.id);
  const { id: personId, name, email } = person;
  const challenge = newChallenge(dependencies, PURPOSES.register(personId));
  return creationOptions(partyOf(dependencies), { personId, name, email, has }, challenge);
}

/** What a browser asks a passkey of this person with, so that it proves its factors anew. */
export async function optionsToConfirm(dependencies: ConsoleDependencies, person: SignedIn): Promise<object> {
  const has = await passkeysOf(dependencies.api.pool, person.id);
  return requestOptions(partyOf(dependencies), newChallenge(dependencies, PURPOSES.confirm(person.id)), has);
}

/** Begins a session by what a browser answered to `optionsToSignIn`. Throws `NotVerified` and `PasskeyRefused`. */
export async function signInAnswered(
  dependencies: ConsoleDependencies,
  answer: string,
  userAgent: string,
): Promise<StartedSession> {
  const used = await verifiedUse(dependencies, answer, PURPOSES.signIn);
  const { pool, clock } = dependencies.api;
  return inTransaction(pool, (tx) => signInByPasskey(tx, used, userAgent, clock()));
}

/** Registers what a browser answered to `optionsToRegister`. Throws `NotVerified` and `PasskeyRefused`. */
export async function registerAnswered(
  dependencies: ConsoleDependencies,
  { id: personId, session }: SignedIn,
  { answer, name }: { readonly answer: string; readonly name: string },
): Promise<Passkey> {
  const { pool, clock } = dependencies.api;
  const made = await madePasskey(answer, partyOf(dependencies), (challenge) =>
    dependencies.challenges.isGood(challenge, PURPOSES.register(personId), clock()),
  );
  return inTransaction(pool, (tx) =>
    registerPasskey(tx, { personId, sessionId: session.id }, { ...made, name }, clock()),
  );
}

/** Proves the factors of a session anew, by what a browser answered to `optionsToConfirm`. Throws as `signInAnswered`. */
export async function confirmAnswered(
  dependencies: ConsoleDependencies,
  { id: personId, session }: SignedIn,
  answer: string,
): Promise<void> {
  const used = await verifiedUse(dependencies, answer, PURPOSES.confirm(personId));
  const { pool, clock } = dependencies.api;
  await inTransaction(pool, (tx) => confirmByPasskey(tx, { personId, sessionId: session.id }, used, clock()));
}

async function verifiedUse(
  dependencies: ConsoleDependencies,
  answer: string,
  purpose: string,
): Promise<UsedPasskey & { readonly id: string }> {
  const { pool, clock } = dependencies.api;
  const passkey = await findPasskey(pool, credentialIn(answer));
  if (passkey === null) throw new PasskeyRefused('unknown');
  const used = await usedPasskey(answer, passkey, partyOf(dependencies), (challenge) =>
    dependencies.challenges.isGood(challenge, purpose, clock()),
  );
  return { id: passkey.id, ...used };
}

/** Why an answer was not taken, for the page; anything else is thrown on. */
export function answerFault(error: unknown): AnswerFault {
  if (error instanceof NotVerified) return 'notVerified';
  if (!(error instanceof PasskeyRefused)) throw error;
  return error.because === 'unknown' ? 'notVerified' : error.because;
}
