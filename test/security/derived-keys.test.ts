import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveKey } from '../../src/security/derived-keys.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const hmac = (key: Uint8Array | string, text: string) => createHmac('sha256', key).update(text).digest();

test('A key is HKDF-SHA256 of the secret and the purpose, as RFC 5869 has it', () => {
  // One block of output: extract with a salt of zeros, then expand.
  const extracted = hmac(new Uint8Array(32), SECRET);
  expect(deriveKey(SECRET, 'objection-link')).toEqual(hmac(extracted, 'varsel/objection-link\u0001'));
});

test('A key is 32 bytes, and the same every time: what was derived before an upgrade holds after it', () => {
  const key = deriveKey(SECRET, 'objection-link');
  expect(key).toHaveLength(32);
  expect(deriveKey(SECRET, 'objection-link')).toEqual(key);
});

test('Every purpose and every secret has keys of its own', () => {
  const keys = [SECRET, `${SECRET}.`, SECRET.toUpperCase()].flatMap((secret) =>
    ['objection-link', 'objection-link/', 'webhook/1', 'webhook/11', ''].map((purpose) =>
      deriveKey(secret, purpose).toString('hex'),
    ),
  );
  expect(new Set(keys).size).toBe(15);
});
