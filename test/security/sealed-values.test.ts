import { expect, test } from 'vitest';
import { sealedValues } from '../../src/security/sealed-values.ts';

const SECRET = 'a-secret-of-the-tests-that-is-long-enough';
const VALUE = { state: 'abc', at: '2026-03-02T09:00:00Z', til: 'Ærø' };

test('What is sealed is opened again, and says nothing', () => {
  const values = sealedValues(SECRET, 'test');
  const [one, other] = [values.seal(VALUE), values.seal(VALUE)];
  expect(values.open(one)).toEqual(VALUE);
  expect(one).not.toBe(other);
  expect(one).toMatch(/^[\w-]+$/);
  expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('abc');
});

test('Any other text is nothing: altered in any bit, cut, of another secret, of another purpose', () => {
  const values = sealedValues(SECRET, 'test');
  const bytes = Buffer.from(values.seal(VALUE), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const altered = Buffer.from(bytes);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(values.open(altered.toString('base64url'))).toBeNull();
  }
  for (let length = 0; length < bytes.length; length += 1) {
    expect(values.open(bytes.toString('base64url', 0, length))).toBeNull();
  }
  expect(values.open('not base64url at all!')).toBeNull();
  expect(sealedValues(`${SECRET}x`, 'test').open(values.seal(VALUE))).toBeNull();
  expect(sealedValues(SECRET, 'tests').open(values.seal(VALUE))).toBeNull();
});
