import { hkdfSync } from 'node:crypto';

/** A key of 32 bytes for one purpose, derived from `APP_SECRET` (RFC 5869): nothing secret is stored. */
export function deriveKey(appSecret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', appSecret, '', `varsel/${purpose}`, 32));
}
