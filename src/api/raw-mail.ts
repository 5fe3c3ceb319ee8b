import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Refused } from '../domain/refused.ts';

const EXAMPLE = {
  sha256: '3d6c1ee4ea3cb3b0a5b3cd5d0ba8a7b3ec0ea2c5d1d32b0f60a3b0f9e0a3d1c2',
  base64: Buffer.from('From: Dorthe Persson <dpo@kunde.example>').toString('base64'),
};

/** A mail as it came. It alone keeps the secrets in what people quote, so it is for officers. */
export const rawMail = z
  .object({ sha256: z.string(), base64: z.string().meta({ format: 'byte' }) })
  .meta({ id: 'RawMail', examples: [EXAMPLE] });

/** Refuses with `mail-erased` where it has been emptied (D48). */
export function viewOfRawMail(raw: Buffer): z.output<typeof rawMail> {
  if (raw.length === 0)
    throw new Refused('mail-erased', 'The mail has been erased: nothing of it is left but its SHA-256.');
  return { sha256: createHash('sha256').update(raw).digest('hex'), base64: raw.toString('base64') };
}
