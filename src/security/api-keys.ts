import { createHash, randomBytes } from 'node:crypto';

/** A new API key: 256 random bits behind a prefix that secret scanners can find. */
export function newApiKey(): string {
  return `varsel_${randomBytes(32).toString('base64url')}`;
}

/** The hash that is stored of an API key. Plain SHA-256 is enough: nobody can guess 256 random bits. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
