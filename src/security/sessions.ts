import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a browser holds to be signed in, and what a one-time link ends in: 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of such a secret. Plain SHA-256 is enough: nobody can guess 256 random bits. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** What a form of this session carries: another site, which makes a browser send the cookie, cannot know it. */
export function csrfTokenOf(session: string): string {
  return createHash('sha256').update(`csrf ${session}`).digest('base64url');
}

/** Whether a form carries the token of this session. */
export function isCsrfTokenOf(session: string, given: string): boolean {
  const [expected, found] = [Buffer.from(csrfTokenOf(session)), Buffer.from(given)];
  return expected.length === found.length && timingSafeEqual(expected, found);
}
