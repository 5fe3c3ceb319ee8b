import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

const ID_BYTES = 16;
const PROOF_BYTES = 10;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const TAG = /^[a-z2-7]{42}$/;

/** Makes and reads the tags of the addresses that mail about a message comes back to. */
export interface InboundTags {
  /** The tag of a message: the same every time. */
  tagOf(messageId: string): string;
  /** The id of the message that a tag was made for, or `null` for any other string. */
  messageIdOf(tag: string): string | null;
}

/**
 * Tags are a message's id and 80 bits of HMAC-SHA256 over it under a key that only this system can derive, in base32:
 * 42 letters and digits, because a local part has 64 at most and mail systems change the case of letters. A tag opens
 * nothing else: a customer's link has a key of its own.
 */
export function inboundTags(appSecret: string): InboundTags {
  const key = deriveKey(appSecret, 'inbound-tag');
  const proofOf = (id: Buffer) => createHmac('sha256', key).update(id).digest().subarray(0, PROOF_BYTES);
  return {
    tagOf(messageId) {
      const id = Buffer.from(messageId.replaceAll('-', ''), 'hex');
      return base32(Buffer.concat([id, proofOf(id)]));
    },
    messageIdOf(tag) {
      const small = tag.toLowerCase();
      if (!TAG.test(small)) return null;
      const bytes = bytesOf(small);
      // 42 letters carry two bits more than 26 bytes: without this, four spellings would be the same tag.
      if (base32(bytes) !== small) return null;
      const id = bytes.subarray(0, ID_BYTES);
      if (!timingSafeEqual(proofOf(id), bytes.subarray(ID_BYTES))) return null;
      return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}

/** RFC 4648 base32 in small letters, without padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function bytesOf(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
