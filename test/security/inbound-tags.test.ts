import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';

const SECRET = 'a secret of the tests, of more than 32 bytes';
const tags = inboundTags(SECRET);

test('a tag leads back to its message, in small letters and in capitals, and is the same every time', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const tag = tags.tagOf(id);
      expect(tag).toMatch(/^[a-z2-7]{42}$/);
      expect(tags.tagOf(id)).toBe(tag);
      expect(tags.messageIdOf(tag)).toBe(id);
      expect(tags.messageIdOf(tag.toUpperCase())).toBe(id);
    }),
  );
});

test('a tag with any letter changed is none', () => {
  const tag = tags.tagOf(randomUUID());
  for (let place = 0; place < tag.length; place += 1) {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz234567') {
      if (letter === tag[place]) continue;
      expect(tags.messageIdOf(tag.slice(0, place) + letter + tag.slice(place + 1))).toBeNull();
    }
  }
});

test.each(['', 'a', 'a'.repeat(42), 'a'.repeat(41), 'ø'.repeat(42), `${tags.tagOf(randomUUID())}a`, '__proto__'])(
  '%j is no tag',
  (text) => {
    expect(tags.messageIdOf(text)).toBeNull();
  },
);

test('a tag of another secret is none, and a tag says nothing of the customer’s link', () => {
  const id = randomUUID();
  expect(tags.messageIdOf(inboundTags('another secret of more than 32 bytes').tagOf(id))).toBeNull();
  const proof = Buffer.from(objectionLinks(SECRET).tokenOf(id), 'base64url').subarray(16).toString('hex');
  const bits = [...tags.tagOf(id)]
    .map((letter) => 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const proofOfTag = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
    .subarray(16)
    .toString('hex');
  expect(proof.startsWith(proofOfTag)).toBe(false);
});
