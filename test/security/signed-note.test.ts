import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSuccessor, newSealKey, sealKeysFrom, signSuccessor } from '../../src/security/seal-keys.ts';
import { openNote, signNote, verifierKey } from '../../src/security/signed-note.ts';

const aKey = () => sealKeysFrom(newSealKey()).current;
const KEY = aKey();
const TEXT = 'varsel.example/1-a\n3\nAAAA\n';

test('A note is the text, an empty line and a signature, which opens it again', () => {
  const note = signNote(TEXT, 'varsel.example/1-a', KEY);
  expect(note).toMatch(/^varsel\.example\/1-a\n3\nAAAA\n\n— varsel\.example\/1-a [A-Za-z0-9+/]{91}=\n$/);
  expect(openNote(note, 'varsel.example/1-a', KEY.publicKey)).toBe(TEXT);
  const witnessed = `${note}— witness.example AAAAAAAA\n`;
  expect(openNote(witnessed, 'varsel.example/1-a', KEY.publicKey)).toBe(TEXT);
});

test('Notes are those of golang.org/x/mod/sumdb/note: its example is made and read', () => {
  const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { current: key } = sealKeysFrom(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note =
    `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn` +
    'NIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
  expect(signNote(text, 'PeterNeumann', key)).toBe(note);
  expect(openNote(note, 'PeterNeumann', key.publicKey)).toBe(text);
  expect(verifierKey('PeterNeumann', key.publicKey)).toBe(
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  );
});

test('Any other text, name or key opens nothing', () => {
  const note = signNote(TEXT, 'varsel.example', KEY);
  expect(() => openNote(note.replace('\n3\n', '\n4\n'), 'varsel.example', KEY.publicKey)).toThrow(
    'the signature of varsel.example does not fit the text',
  );
  expect(() => openNote(note, 'another.example', KEY.publicKey)).toThrow('no signature of another.example');
  expect(() => openNote(note, 'varsel.example', aKey().publicKey)).toThrow(
    'no signature of varsel.example with the key',
  );
  expect(() => openNote(`${TEXT}\nsigned\n`, 'varsel.example', KEY.publicKey)).toThrow('found "signed"');
  expect(() => openNote('text\n', 'varsel.example', KEY.publicKey)).toThrow(
    'an empty line and signatures were expected',
  );
});

test('A file has one key, or the new one and behind it the one that it replaces, which has signed it', () => {
  const [first, second] = [newSealKey(), newSealKey()];
  expect(sealKeysFrom(first)).toMatchObject({ replaced: null });
  const { current, replaced } = sealKeysFrom(`${second}\n${first}`);
  expect(replaced?.id).toBe(sealKeysFrom(first).current.id);
  if (replaced === null) throw new Error('two keys were given');
  const signature = signSuccessor(current.id, replaced);
  expect(isSuccessor(current.id, replaced.publicKey, signature)).toBe(true);
  expect(isSuccessor(aKey().id, replaced.publicKey, signature)).toBe(false);
  expect(isSuccessor(current.id, current.publicKey, signature)).toBe(false);
});

test('Only one or two Ed25519 keys seal', () => {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
  expect(() => sealKeysFrom(pem)).toThrow('an Ed25519 key was expected, found rsa');
  expect(() => sealKeysFrom('no key')).toThrow(
    'one private key in PEM was expected, or two, the new one first: found 0',
  );
  expect(() => sealKeysFrom(newSealKey() + newSealKey() + newSealKey())).toThrow('found 3');
});
