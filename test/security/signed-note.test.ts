import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { openNote, publicBytes, sealKeyFrom, signNote, verifierKey } from '../../src/security/signed-note.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = publicBytes(privateKey);
const TEXT = 'varsel.example/1-a\n3\nAAAA\n';

test('A note is the text, an empty line and a signature, which opens it again', () => {
  const note = signNote(TEXT, 'varsel.example/1-a', privateKey);
  expect(note).toMatch(/^varsel\.example\/1-a\n3\nAAAA\n\n— varsel\.example\/1-a [A-Za-z0-9+/]{91}=\n$/);
  expect(openNote(note, 'varsel.example/1-a', publicKey)).toBe(TEXT);
  const witnessed = `${note}— witness.example AAAAAAAA\n`;
  expect(openNote(witnessed, 'varsel.example/1-a', publicKey)).toBe(TEXT);
});

test('Notes are those of golang.org/x/mod/sumdb/note: its example is made and read', () => {
  const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note =
    `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn` +
    'NIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
  expect(signNote(text, 'PeterNeumann', key)).toBe(note);
  expect(openNote(note, 'PeterNeumann', publicBytes(key))).toBe(text);
  expect(verifierKey('PeterNeumann', publicBytes(key))).toBe(
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  );
});

test('Any other text, name or key opens nothing', () => {
  const note = signNote(TEXT, 'varsel.example', privateKey);
  expect(() => openNote(note.replace('\n3\n', '\n4\n'), 'varsel.example', publicKey)).toThrow(
    'the signature of varsel.example does not fit the text',
  );
  expect(() => openNote(note, 'another.example', publicKey)).toThrow('no signature of another.example');
  const other = publicBytes(generateKeyPairSync('ed25519').privateKey);
  expect(() => openNote(note, 'varsel.example', other)).toThrow('no signature of varsel.example with the key');
  expect(() => openNote(`${TEXT}\nsigned\n`, 'varsel.example', publicKey)).toThrow('found "signed"');
  expect(() => openNote('text\n', 'varsel.example', publicKey)).toThrow('no signed note');
});

test('Only an Ed25519 key seals', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const pem = rsa.export({ format: 'pem', type: 'pkcs8' });
  expect(() => sealKeyFrom(pem)).toThrow('an Ed25519 key was expected, found rsa');
  expect(() => sealKeyFrom('no key')).toThrow();
});
