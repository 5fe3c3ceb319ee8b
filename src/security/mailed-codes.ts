import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

const DIGITS = 8;

/** Makes and checks the codes that are mailed to who wants to approve, or to withdraw an objection or a refusal. */
export interface MailedCodes {
  /** The eight digits that a message carries, the same at every call, so that a message sent again carries the same. */
  codeOf(messageId: string): string;
  /** Whether a typed text is the code of this message. Spaces and dashes between the digits make no difference. */
  isCodeOf(messageId: string, typed: string): boolean;
}

/**
 * A code is eight digits of HMAC-SHA256 over the id of the message that carries it. Only this system can derive the key, and no
 * code is stored: nobody can approve or withdraw by means of a leaked database. Few tries make up for its being short
 * (`domain/mailed-code.ts`).
 */
export function mailedCodes(appSecret: string): MailedCodes {
  // Another purpose would make the codes wrong that are on their way.
  const key = deriveKey(appSecret, 'withdrawal-code');
  const codeOf = (messageId: string) => {
    const proof = createHmac('sha256', key).update(messageId).digest().readBigUInt64BE();
    return String(proof % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0');
  };
  return {
    codeOf,
    isCodeOf(messageId, typed) {
      const digits = Buffer.from(typed.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}]/gu, ''));
      return digits.length === DIGITS && timingSafeEqual(digits, Buffer.from(codeOf(messageId)));
    },
  };
}
