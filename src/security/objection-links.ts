import { signedIds, type Encoding } from './signed-ids.ts';

const BASE64URL: Encoding = {
  pattern: /^[A-Za-z0-9_-]{43}$/,
  encode: (bytes) => bytes.toString('base64url'),
  decode: (text) => Buffer.from(text, 'base64url'),
};

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
  const ids = signedIds(appSecret, { purpose: 'objection-link', proofBytes: 16, encoding: BASE64URL });
  return {
    tokenOf: (messageId) => ids.sign(messageId),
    messageIdOf: (token) => ids.verify(token),
  };
}
