import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A mail as it came. It alone keeps the secrets in what people quote, so it is for officers. */
export const rawMail = z
  .object({ sha256: z.string(), base64: z.string().meta({ format: 'byte' }) })
  .meta({ id: 'RawMail', examples: [{ sha256: 'c0ffee…', base64: 'RnJvbTogRG9ydGhl…' }] });

export function viewOfRawMail(raw: Buffer): z.output<typeof rawMail> {
  return { sha256: createHash('sha256').update(raw).digest('hex'), base64: raw.toString('base64') };
}
