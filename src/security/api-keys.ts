import { createHash, randomBytes } from 'node:crypto';

/** A new API key: 256 random bits behind a prefix that secret scanners can find. */
export function newApiKey(): string {
  return `varsel_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of an API key: SHA-256. Enough for 256 random bits, which no dictionary holds. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
