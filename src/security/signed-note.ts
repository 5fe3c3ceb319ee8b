import { hash, sign, verify } from 'node:crypto';
import { publicKeyFrom, type SealKey } from './seal-keys.ts';

/** The type of an Ed25519 key in signed notes, which stands in its hash and before its bytes. */
const ED25519 = Buffer.of(0x01);
const KEY_HASH_BYTES = 4;
const SIGNATURE_BYTES = 64;
const SIGNATURE_LINE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/u;

/** What names a key in a note (C2SP signed-note): the beginning of SHA-256(name ‖ newline ‖ type ‖ public key). */
function keyHash(name: string, publicKey: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(`${name}\n`), ED25519, publicKey]);
  return hash('sha256', named, 'buffer').subarray(0, KEY_HASH_BYTES);
}

/** A key as C2SP's verifiers take it: `<name>+<hash>+<type and key>`. */
export function verifierKey(name: string, publicKey: Buffer): string {
  const typed = Buffer.concat([ED25519, publicKey]).toString('base64');
  return `${name}+${keyHash(name, publicKey).toString('hex')}+${typed}`;
}

/** Signs a text, which ends with a newline, as a C2SP signed note. `name` has no blanks and no `+`. */
export function signNote(text: string, name: string, { publicKey, privateKey }: SealKey): string {
  const signature = Buffer.concat([keyHash(name, publicKey), sign(null, Buffer.from(text), privateKey)]);
  return `${text}\n— ${name} ${signature.toString('base64')}\n`;
}

/**
 * The text of a signed note, where `name` has signed it with the key of these 32 bytes. Throws with what was found otherwise.
 * Signatures of other names and keys are passed over, as C2SP has it: witnesses add theirs.
 */
export function openNote(note: string, name: string, publicKey: Buffer): string {
  const end = note.lastIndexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) throw new Error('a text, an empty line and signatures were expected');
  const text = note.slice(0, end + 1);
  const ours = keyHash(name, publicKey);
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const [, signer, encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
    if (signer === undefined) throw new Error(`a line of a signature was expected, found ${JSON.stringify(line)}`);
    const bytes = Buffer.from(encoded, 'base64');
    const isOurs = signer === name && bytes.subarray(0, KEY_HASH_BYTES).equals(ours);
    if (!isOurs || bytes.length !== KEY_HASH_BYTES + SIGNATURE_BYTES) continue;
    if (verify(null, Buffer.from(text), publicKeyFrom(publicKey), bytes.subarray(KEY_HASH_BYTES))) return text;
    throw new Error(`the signature of ${name} does not fit the text`);
  }
  throw new Error(`no signature of ${name} with the key ${ours.toString('hex')}`);
}
