import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals small things that a browser keeps for us, so that it can neither read nor alter them. */
export interface SealedValues {
  /** The value as JSON, encrypted (AES-256-GCM); of the characters that a cookie may have. Another text each time. */
  seal(value: object): string;
  /** The value that a text was made for, parsed; `null` for any other text. */
  open(text: string): unknown;
}

/** The key is derived from `APP_SECRET` for one purpose, so what is sealed for one purpose is nothing for another. */
export function sealedValues(appSecret: string, purpose: string): SealedValues {
  const key = deriveKey(appSecret, purpose);
  return {
    seal(value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = [nonce, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    open(text) {
      const bytes = Buffer.from(text, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
      const opening = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      opening.setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = opening.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      try {
        opening.final();
      } catch {
        return null;
      }
      return JSON.parse(opened.toString()) as unknown;
    },
  };
}
