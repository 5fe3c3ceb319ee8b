import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

/** A key that checkpoints are signed with (Ed25519). */
export interface SealKey {
  /** SHA-256 of the public key, as hex. */
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

/** What `SEAL_KEY_FILE` holds: the key of now, and behind it the one that it replaces, as long as that is there. */
export interface SealKeys {
  readonly current: SealKey;
  readonly replaced: SealKey | null;
}

const PEM = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/** Reads one or two private keys in PEM. Throws, in words for an operator, where there are none, more, or others than Ed25519. */
export function sealKeysFrom(text: string): SealKeys {
  const blocks = text.match(PEM) ?? [];
  const [current, replaced] = blocks.map(sealKeyFrom);
  if (current === undefined || blocks.length > 2) {
    throw new Error(`one private key in PEM was expected, or two, the new one first: found ${blocks.length}`);
  }
  return { current, replaced: replaced ?? null };
}

/** A new private key in PEM. */
export function newSealKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
}

function sealKeyFrom(pem: string): SealKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = bytesOf(createPublicKey(privateKey));
  return { id: sealKeyId(publicKey), publicKey, privateKey };
}

function bytesOf(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`an Ed25519 key was expected, found ${key.asymmetricKeyType ?? 'another'}`);
  }
  return Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
}

/** The 32 bytes of an Ed25519 public key in PEM; of a private one, those of its public half. Throws where it is neither. */
export const sealPublicKeyFrom = (pem: string): Buffer => bytesOf(createPublicKey(pem));

/** The id of a public key of 32 bytes. */
export const sealKeyId = (publicKey: Buffer): string => hash('sha256', publicKey);

/** The Ed25519 public key of these 32 bytes. */
export function publicKeyFrom(bytes: Buffer): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') } });
}

const succession = (id: string) => Buffer.from(`varsel seal key ${id}\n`);

/** The signature by which a key says that another one follows it. */
export function signSuccessor(successor: string, key: SealKey): Buffer {
  return sign(null, succession(successor), key.privateKey);
}

/** Whether the key of these bytes has said so. */
export function isSuccessor(successor: string, publicKey: Buffer, signature: Buffer): boolean {
  return verify(null, succession(successor), publicKeyFrom(publicKey), signature);
}
