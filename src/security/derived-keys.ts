import { hkdfSync } from 'node:crypto';

/** Derives a key of 32 bytes for one purpose from `APP_SECRET` (HKDF, RFC 5869), so that no key is stored. */
export function deriveKey(appSecret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', appSecret, '', `varsel/${purpose}`, 32));
}
