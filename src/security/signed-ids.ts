import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

const ID_BYTES = 16;

/** How the bytes of a signed id are written. `decode` is asked only for text that fits the pattern. */
export interface Encoding {
  readonly pattern: RegExp;
  encode(bytes: Buffer): string;
  decode(text: string): Buffer;
}

/** Signs ids and reads signed ones. */
export interface SignedIds {
  /** The id with its proof, the same at every call. */
  sign(id: string): string;
  /** The id that a text was made for, or `null` for any other text. */
  verify(text: string): string | null;
}

/**
 * Signs UUIDs: the id and so many bytes of HMAC-SHA256 over it. The key is derived from `APP_SECRET` for one purpose, so what is
 * signed for one purpose is nothing for another.
 */
export function signedIds(
  appSecret: string,
  { purpose, proofBytes, encoding }: { purpose: string; proofBytes: number; encoding: Encoding },
): SignedIds {
  const key = deriveKey(appSecret, purpose);
  const proofOf = (id: Buffer) => createHmac('sha256', key).update(id).digest().subarray(0, proofBytes);
  return {
    sign(uuid) {
      const id = Buffer.from(uuid.replaceAll('-', ''), 'hex');
      return encoding.encode(Buffer.concat([id, proofOf(id)]));
    },
    verify(text) {
      if (!encoding.pattern.test(text)) return null;
      const bytes = encoding.decode(text);
      // The characters may hold two bits more than the bytes. Without this check each text would have four spellings.
      if (encoding.encode(bytes) !== text) return null;
      const id = bytes.subarray(0, ID_BYTES);
      if (!timingSafeEqual(proofOf(id), bytes.subarray(ID_BYTES))) return null;
      return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}
