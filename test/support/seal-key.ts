import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sealKeysFrom } from '../../src/security/seal-keys.ts';

/** The key that seals the records of tests. */
export const SEAL_KEY_FILE = fileURLToPath(new URL('seal-key.pem', import.meta.url));
export const SEAL_KEYS = sealKeysFrom(readFileSync(SEAL_KEY_FILE, 'utf8'));
