import { signedIds, type Encoding } from './signed-ids.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const BASE32: Encoding = { pattern: /^[a-z2-7]{42}$/, encode: base32, decode: bytesOf };

/** Makes and reads tags: each stands in the return path and the reply address of one message. */
export interface InboundTags {
  /** The tag of a message, the same at every call. */
  tagOf(messageId: string): string;
  /** The id of the message that a tag was made for, or `null` for any other string. */
  messageIdOf(tag: string): string | null;
}

/**
 * A tag is a message's id and 80 bits of HMAC-SHA256 over it, in base32, 42 characters. Base32 because mail systems change
 * the case of letters; 42 because a local part has at most 64. Only this system can derive the key. Customers' links have
 * another key, so a tag opens no link.
 */
export function inboundTags(appSecret: string): InboundTags {
  const ids = signedIds(appSecret, { purpose: 'inbound-tag', proofBytes: 10, encoding: BASE32 });
  return {
    tagOf: (messageId) => ids.sign(messageId),
    messageIdOf: (tag) => ids.verify(tag.toLowerCase()),
  };
}

/** RFC 4648 base32 in lower case, without padding. */
function base32(bytes: Buffer): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 31];
    value &= 31;
  }
  return bits === 0 ? text : text + ALPHABET[(value << (5 - bits)) & 31];
}

function bytesOf(text: string): Buffer {
  const bytes: number[] = [];
  let value = 0;
  let bits = 0;
  for (const letter of text) {
    value = (value << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 255);
    value &= 255;
  }
  return Buffer.from(bytes);
}
