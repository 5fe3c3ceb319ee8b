import { createHmac } from 'node:crypto';
import { deriveKey } from './derived-keys.ts';

/** Crockford's base32: nobody mistakes one of its letters for another. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SHORTEST_NUMBER = 4;
const PROOF_LENGTH = 4;
const REFERENCE = /\bVS[-\s]?([0-9A-TV-Z]{4,9})[-\s]?([0-9A-TV-Z]{4})\b/gi;

/** Makes and reads references: each names one controller's part in one change, and can be typed. */
export interface References {
  /** The reference of a window's number, like `VS-00K7-9F3M`; the same at every call. */
  of(windowNumber: string): string;
  /** The numbers of all references in a text, in its order, however they are typed. */
  numbersIn(text: string): string[];
}

/**
 * A reference is a window's number and 20 bits of HMAC-SHA256 over it, so that a typing error or a guess names nobody. It is
 * no secret: whoever knows it can write a mail that is attributed to the controller, also a report that a notice failed, and
 * do nothing else.
 */
export function references(appSecret: string): References {
  const key = deriveKey(appSecret, 'reference');
  const proofOf = (number: bigint) => {
    const digest = createHmac('sha256', key).update(number.toString()).digest();
    return base32(digest.readBigUInt64BE() >> 44n, PROOF_LENGTH);
  };
  return {
    of(windowNumber) {
      const number = BigInt(windowNumber);
      return `VS-${base32(number, SHORTEST_NUMBER)}-${proofOf(number)}`;
    },
    numbersIn(text) {
      return [...text.matchAll(REFERENCE)].flatMap(([, typed = '', proof = '']) => {
        const number = numberOf(typed);
        return number !== null && proofOf(number) === unmistaken(proof) ? [number.toString()] : [];
      });
    },
  };
}

function base32(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; rest > 0n || text.length < length; rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

/** Capital letters, and digits where somebody has typed the letter that looks like one. */
function unmistaken(typed: string): string {
  return typed.toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

function numberOf(typed: string): bigint | null {
  let number = 0n;
  for (const letter of unmistaken(typed)) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    number = number * 32n + BigInt(value);
  }
  return number;
}
