import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

const ID_BYTES = 16;
const PROOF_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Makes and reads the tokens in customers' links. */
export interface ObjectionLinks {
  /** The token of a message, the same at every call, so that a message sent again carries the same link (D25). */
  tokenOf(messageId: string): string;
  /** The id of the message that a token was made for, or `null` for any other string. */
  messageIdOf(token: string): string | null;
}

/**
 * A token is personal to one message and unguessable (D25): the message's id and 128 bits of HMAC-SHA256 over it. Only this
 * system can derive the key. No token is stored, so nobody can object by means of a leaked database.
 */
export function objectionLinks(appSecret: string): ObjectionLinks {
  const key = deriveKey(appSecret, 'objection-link');
  const proofOf = (id: Buffer) => createHmac('sha256', key).update(id).digest().subarray(0, PROOF_BYTES);
  return {
    tokenOf(messageId) {
      const id = Buffer.from(messageId.replaceAll('-', ''), 'hex');
      return Buffer.concat([id, proofOf(id)]).toString('base64url');
    },
    messageIdOf(token) {
      if (!TOKEN.test(token)) return null;
      const bytes = Buffer.from(token, 'base64url');
      // 43 characters hold two bits more than 32 bytes. Without this check each token would have four spellings.
      if (bytes.toString('base64url') !== token) return null;
      const id = bytes.subarray(0, ID_BYTES);
      if (!timingSafeEqual(proofOf(id), bytes.subarray(ID_BYTES))) return null;
      return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}
