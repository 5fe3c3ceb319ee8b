import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

const NONCE_BYTES = 16;
const TIME_BYTES = 6;
const PROOF_BYTES = 16;
/** How long a challenge is good: it is asked for when the button is pressed, so this is for finding a phone. */
const GOOD_FOR = Temporal.Duration.from({ minutes: 5 });

/** What an authenticator is asked to sign, so that an answer from before, or for something else, is worth nothing. */
export interface PasskeyChallenges {
  /** A new challenge for one purpose. */
  make(purpose: string, now: Temporal.Instant): string;
  /** Whether a text is a challenge that was made for this purpose and is still good. */
  isGood(challenge: string, purpose: string, now: Temporal.Instant): boolean;
}

/**
 * A challenge carries its own end and a proof of us, so that asking for one writes nothing (D26), however often it is done. That it
 * is answered once only is for the database to hold: see `hashOfChallenge`.
 */
export function passkeyChallenges(appSecret: string): PasskeyChallenges {
  const key = deriveKey(appSecret, 'passkey-challenge');
  const proofOf = (bytes: Buffer, purpose: string) =>
    createHmac('sha256', key).update(bytes).update(purpose).digest().subarray(0, PROOF_BYTES);
  return {
    make(purpose, now) {
      const end = Buffer.alloc(TIME_BYTES);
      end.writeUIntBE(now.add(GOOD_FOR).epochMilliseconds, 0, TIME_BYTES);
      const said = Buffer.concat([end, randomBytes(NONCE_BYTES)]);
      return Buffer.concat([said, proofOf(said, purpose)]).toString('base64url');
    },
    isGood(challenge, purpose, now) {
      const bytes = Buffer.from(challenge, 'base64url');
      const said = bytes.subarray(0, TIME_BYTES + NONCE_BYTES);
      const proof = bytes.subarray(TIME_BYTES + NONCE_BYTES);
      if (proof.length !== PROOF_BYTES || bytes.toString('base64url') !== challenge) return false;
      return timingSafeEqual(proof, proofOf(said, purpose)) && said.readUIntBE(0, TIME_BYTES) > now.epochMilliseconds;
    },
  };
}

/** By what a challenge that was answered is known, and until when it would be good. */
export function hashOfChallenge(challenge: string): { readonly hash: Buffer; readonly goodUntil: Temporal.Instant } {
  const end = Buffer.from(challenge, 'base64url').readUIntBE(0, TIME_BYTES);
  return {
    hash: createHash('sha256').update(challenge).digest(),
    goodUntil: Temporal.Instant.fromEpochMilliseconds(end),
  };
}
