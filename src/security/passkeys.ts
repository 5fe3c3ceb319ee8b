import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { COSEALG } from '@simplewebauthn/server/helpers';

/** What authenticators sign with, the one that most have first. */
const ALGORITHMS = [COSEALG.ES256, COSEALG.EdDSA, COSEALG.RS256];

/** Who asks an authenticator: a passkey is good at this address alone. */
export interface RelyingParty {
  /** The host's name in `PUBLIC_URL`. A browser takes a name for it and `localhost`, and no bare address. */
  readonly id: string;
  readonly origin: string;
}

/** The relying party of an installation at this address. */
export function relyingPartyAt(publicUrl: string): RelyingParty {
  const { hostname: id, origin } = new URL(publicUrl);
  return { id, origin };
}

/** A passkey as it is needed to verify what it signs. */
export interface PasskeyKey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  /** How often it has signed, as it counts; many passkeys count nothing and say 0. */
  readonly counter: number;
  readonly transports: readonly string[];
}

/** Whose passkey it is to be, and which the person has already: an authenticator holds one of a person. */
export interface ForWhom {
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly has: readonly Pick<PasskeyKey, 'credentialId' | 'transports'>[];
}

/** What a browser makes a passkey by. The person proves themselves to the authenticator: that is the second factor. */
export function creationOptions(
  { id }: RelyingParty,
  { personId, name, email, has }: ForWhom,
  challenge: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpID: id,
    rpName: 'Varsel',
    userID: new Uint8Array(handleOf(personId)),
    userName: email,
    userDisplayName: name,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    attestationType: 'none',
    excludeCredentials: has.map(described),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** What a browser asks a passkey by: one of these, or any that it has of ours where none is named. */
export function requestOptions(
  { id }: RelyingParty,
  challenge: string,
  of: readonly Pick<PasskeyKey, 'credentialId' | 'transports'>[] = [],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: id,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    allowCredentials: of.map(described),
    userVerification: 'required',
  });
}

const described = ({ credentialId, transports }: Pick<PasskeyKey, 'credentialId' | 'transports'>) => ({
  id: credentialId.toString('base64url'),
  transports: [...transports],
});

/** The user handle of a person: the bytes of the id, which name nobody. */
const handleOf = (personId: string) => Buffer.from(personId.replaceAll('-', ''), 'hex');

/** A passkey that a browser has made, and the challenge that it answers. */
export interface MadePasskey {
  readonly key: PasskeyKey;
  /** Whether it is kept by an account, and not on one device alone. */
  readonly isSynced: boolean;
  readonly challenge: string;
}

/**
 * What is wrong with what a browser sent, in English for the log: a person reads that it did not work. Other faults are bugs
 * of ours, and thrown.
 */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

/** Asks the library, and says of any no of it that it is one. It throws for what is malformed and for what is wrong alike. */
async function verified<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw new NotVerified(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * The passkey in the answer to `creationOptions`, as JSON text. The person was verified (D59). Throws `NotVerified`, also
 * where `isGood` says no to its challenge.
 */
export async function madePasskey(
  text: string,
  { id, origin }: RelyingParty,
  isGood: (challenge: string) => boolean,
): Promise<MadePasskey> {
  const response = answerIn(text) as unknown as RegistrationResponseJSON;
  let challenge = '';
  const { verified: isVerified, registrationInfo } = await verified(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: (given) => isGood((challenge = given)),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!isVerified) throw new NotVerified('the attestation does not hold');
  const { credential, credentialBackedUp } = registrationInfo;
  return {
    key: {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: transportsIn(response.response.transports),
    },
    isSynced: credentialBackedUp,
    challenge,
  };
}

/** How browsers say that an authenticator is reached; what else they say is not kept. */
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

function transportsIn(said: unknown): string[] {
  return Array.isArray(said) ? TRANSPORTS.filter((transport) => said.includes(transport)) : [];
}

/** What a passkey has signed. */
export interface UsedPasskey {
  readonly counter: number;
  readonly challenge: string;
}

/** The credential that an answer to `requestOptions` names. Throws `NotVerified` where it is no such answer. */
export function credentialIn(text: string): Buffer {
  return Buffer.from(answerIn(text).id, 'base64url');
}

/**
 * Verifies the answer to `requestOptions`, as JSON text, by the passkey that it names, of this person. The person was verified, and
 * the passkey has not counted backwards, which a copy of it would (D59). Throws `NotVerified`, also where `isGood` says no to its
 * challenge.
 */
export async function usedPasskey(
  text: string,
  { personId, ...key }: PasskeyKey & { readonly personId: string },
  { id, origin }: RelyingParty,
  isGood: (challenge: string) => boolean,
): Promise<UsedPasskey> {
  const response = answerIn(text) as unknown as AuthenticationResponseJSON;
  let challenge = '';
  const { verified: isVerified, authenticationInfo } = await verified(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: (given) => isGood((challenge = given)),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: key.credentialId.toString('base64url'),
        publicKey: new Uint8Array(key.publicKey),
        counter: key.counter,
      },
    }),
  );
  if (!isVerified) throw new NotVerified('the signature does not fit the passkey');
  const { userHandle } = response.response;
  // Some authenticators leave it out where the passkey was named.
  if (userHandle && userHandle !== handleOf(personId).toString('base64url')) {
    throw new NotVerified('the passkey is of another person');
  }
  return { counter: authenticationInfo.newCounter, challenge };
}

/** What a browser sends of a passkey: the library checks the rest. */
function answerIn(text: string): { readonly id: string } {
  const answer = parsed(text) as { id?: unknown; response?: unknown } | null;
  const { id = null, response = null } = answer ?? {};
  if (typeof id !== 'string' || !/^[\w-]{1,1400}$/.test(id)) throw new NotVerified('it names no passkey');
  if (typeof response !== 'object' || response === null) throw new NotVerified('it answers nothing');
  return { ...answer, id };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotVerified('it is no JSON', { cause: error });
  }
}
