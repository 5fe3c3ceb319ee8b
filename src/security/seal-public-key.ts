import { createPublicKey } from 'node:crypto';

/** The 32 bytes of an Ed25519 public key in PEM; of a private one, those of its public half. Throws where it is neither. */
export function sealPublicKeyFrom(pem: string): Buffer {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`an Ed25519 key was expected, found ${key.asymmetricKeyType ?? 'another'}`);
  }
  return Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
}
