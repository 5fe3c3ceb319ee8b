import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveKey } from '../../src/security/derived-keys.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const MESSAGE = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const ANOTHER = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5c';
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];

const links = objectionLinks(SECRET);
const token = links.tokenOf(MESSAGE);

test('A token is 43 characters that fit a URL, and gives the message back that it was made for', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const made = links.tokenOf(id);
      expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(links.messageIdOf(made)).toBe(id);
    }),
    { numRuns: 500 },
  );
});

test('A message has the same token every time, also after a restart, so that links that were sent keep working (D25)', () => {
  expect(links.tokenOf(MESSAGE)).toBe(token);
  expect(objectionLinks(SECRET).tokenOf(MESSAGE)).toBe(token);
  expect(objectionLinks(SECRET).messageIdOf(token)).toBe(MESSAGE);
  expect(links.tokenOf(MESSAGE.toUpperCase())).toBe(token);
});

test('A token is the message’s id and 128 bits of HMAC-SHA256 over it under a derived key', () => {
  const id = Buffer.from(MESSAGE.replaceAll('-', ''), 'hex');
  const proof = createHmac('sha256', deriveKey(SECRET, 'objection-link')).update(id).digest().subarray(0, 16);
  expect(token).toBe(Buffer.concat([id, proof]).toString('base64url'));
});

test('A token with any one of its 43 characters changed to any other is no token', () => {
  let tried = 0;
  for (let position = 0; position < token.length; position++) {
    for (const character of ALPHABET) {
      if (character === token[position]) continue;
      const tampered = token.slice(0, position) + character + token.slice(position + 1);
      expect([tampered, links.messageIdOf(tampered)]).toEqual([tampered, null]);
      tried += 1;
    }
  }
  expect(tried).toBe(43 * 63);
});

test('A token has one spelling: the three others of the same 32 bytes are no tokens', () => {
  const bytes = Buffer.from(token, 'base64url');
  const spellings = ALPHABET.map((last) => token.slice(0, -1) + last).filter((spelling) =>
    Buffer.from(spelling, 'base64url').equals(bytes),
  );
  expect(spellings).toHaveLength(4);
  expect(spellings.filter((spelling) => links.messageIdOf(spelling) !== null)).toEqual([token]);
});

test('A token spelled in plain base64 is no token', () => {
  const withSpecials = Array.from({ length: 50 }, (_, index) =>
    links.tokenOf(`01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a${String(index + 10)}`),
  ).filter((made) => /[-_]/.test(made));
  expect(withSpecials.length).toBeGreaterThan(0);
  for (const made of withSpecials) {
    expect(links.messageIdOf(made.replaceAll('-', '+').replaceAll('_', '/'))).toBeNull();
  }
});

test('A truncated token, and an empty one, are no tokens', () => {
  for (let length = 0; length < token.length; length++) {
    expect(links.messageIdOf(token.slice(0, length))).toBeNull();
    expect(links.messageIdOf(token.slice(token.length - length))).toBeNull();
  }
});

test('A token with anything before, after or within it is no token', () => {
  const additions = [
    ...ALPHABET,
    '=',
    '==',
    ' ',
    '\n',
    '\r\n',
    '\0',
    '.',
    '/',
    '?',
    '#',
    '%',
    '+',
    '\u200B',
    'æ',
    token,
  ];
  for (const added of additions) {
    for (const extended of [token + added, added + token, token.slice(0, 20) + added + token.slice(20)]) {
      expect([extended, links.messageIdOf(extended)]).toEqual([extended, null]);
    }
  }
});

test('A token of another secret is no token', () => {
  for (const secret of [
    `${SECRET} `,
    SECRET.slice(0, -1),
    SECRET.toUpperCase(),
    'another secret of at least 32 bytes',
  ]) {
    expect(links.messageIdOf(objectionLinks(secret).tokenOf(MESSAGE))).toBeNull();
    expect(objectionLinks(secret).messageIdOf(token)).toBeNull();
  }
});

test('The id of one message with the proof of another is no token', () => {
  const halves = (made: string) => {
    const bytes = Buffer.from(made, 'base64url');
    return [bytes.subarray(0, 16), bytes.subarray(16)] as const;
  };
  const [id, proof] = halves(token);
  const [anotherId, anotherProof] = halves(links.tokenOf(ANOTHER));
  expect(links.messageIdOf(Buffer.concat([id, proof]).toString('base64url'))).toBe(MESSAGE);
  expect(links.messageIdOf(Buffer.concat([anotherId, proof]).toString('base64url'))).toBeNull();
  expect(links.messageIdOf(Buffer.concat([id, anotherProof]).toString('base64url'))).toBeNull();
  expect(links.messageIdOf(Buffer.concat([proof, id]).toString('base64url'))).toBeNull();
});

test('Who knows a message’s id, as the database and the API show it, cannot guess its token', () => {
  const id = Buffer.from(MESSAGE.replaceAll('-', ''), 'hex');
  const guesses = [
    Buffer.concat([id, id]),
    Buffer.concat([id, Buffer.alloc(16)]),
    Buffer.concat([id, createHmac('sha256', '').update(id).digest().subarray(0, 16)]),
    Buffer.concat([id, createHmac('sha256', SECRET).update(id).digest().subarray(0, 16)]),
    Buffer.concat([id, createHmac('sha256', deriveKey(SECRET, 'webhook')).update(id).digest().subarray(0, 16)]),
  ];
  for (const guess of guesses) expect(links.messageIdOf(guess.toString('base64url'))).toBeNull();
});

test('Any other string is no token', () => {
  const characters = fc.constantFrom(...ALPHABET);
  const likeAToken = fc.array(characters, { minLength: 43, maxLength: 43 }).map((chosen) => chosen.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), likeAToken), (text) => {
      expect(links.messageIdOf(text)).toBeNull();
    }),
    { numRuns: 2_000 },
  );
  expect(links.messageIdOf(MESSAGE)).toBeNull();
});
