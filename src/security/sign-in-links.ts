import { createHmac } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

/** The secret that a mailed link to sign in ends in, by the id of the link. */
export type SignInSecrets = (linkId: string) => string;

/**
 * The secret is 256 bits of HMAC-SHA256 over the id of the link, the same at every call, so that a mail sent again carries the
 * same. Only this system can derive the key. What is stored is its hash alone: nobody signs in by means of a leaked database, nor
 * of a mail that waits to be sent.
 */
export function signInSecrets(appSecret: string): SignInSecrets {
  const key = deriveKey(appSecret, 'sign-in-link');
  return (linkId) => createHmac('sha256', key).update(linkId).digest('base64url');
}
