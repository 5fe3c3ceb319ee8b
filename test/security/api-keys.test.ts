import { expect, test } from 'vitest';
import { hashApiKey, newApiKey } from '../../src/security/api-keys.ts';

test('An API key is 256 bits that fit a URL, behind a prefix that secret scanners can find', () => {
  for (let index = 0; index < 100; index++) {
    const key = newApiKey();
    expect(key).toMatch(/^varsel_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(key.slice('varsel_'.length), 'base64url')).toHaveLength(32);
  }
});

test('No two API keys are the same, and no bit of them is fixed', () => {
  const keys = Array.from({ length: 1_000 }, newApiKey);
  expect(new Set(keys).size).toBe(1_000);
  const ones = new Uint8Array(32);
  const zeros = new Uint8Array(32);
  for (const key of keys) {
    for (const [index, byte] of Buffer.from(key.slice('varsel_'.length), 'base64url').entries()) {
      ones[index] = (ones[index] ?? 0) | byte;
      zeros[index] = (zeros[index] ?? 0) | ~byte;
    }
  }
  expect(ones).toEqual(new Uint8Array(32).fill(255));
  expect(zeros).toEqual(new Uint8Array(32).fill(255));
});

test('What is stored of an API key is its SHA-256, which does not hold the key', () => {
  // FIPS 180-2, appendix B.1.
  expect(hashApiKey('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const key = newApiKey();
  expect(hashApiKey(key)).toEqual(hashApiKey(key));
  expect(hashApiKey(key)).toHaveLength(32);
});

test('A key that differs in one character has another hash', () => {
  const key = newApiKey();
  for (const other of [`${key} `, key.slice(0, -1), key.toUpperCase(), key.replace('varsel_', 'varsel-')]) {
    expect(hashApiKey(other)).not.toEqual(hashApiKey(key));
  }
});
