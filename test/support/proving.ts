import { generateKeyPairSync } from 'node:crypto';
import type { Proving } from '../../src/app.ts';

/** Signs packs with a key of its own, and seals nothing: for tests of what is not about seals. */
export const proving: Proving = { key: generateKeyPairSync('ed25519').privateKey, seal: async () => undefined };
