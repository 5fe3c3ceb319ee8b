import { deriveKey } from './derived-keys.ts';

/** The secret of an endpoint, by version: the same every time, so that nothing secret is stored (`whsec_`, 32 bytes). */
export type WebhookSecrets = (webhookId: string, version: number) => string;

export function webhookSecrets(appSecret: string): WebhookSecrets {
  return (webhookId, version) => `whsec_${deriveKey(appSecret, `webhook/${webhookId}/${version}`).toString('base64')}`;
}

/** The secrets of an endpoint that sign now, the newest first: after a rotation the one before does, too, for a time. */
export function signingSecrets(
  secretOf: WebhookSecrets,
  webhook: {
    readonly id: string;
    readonly secretVersion: number;
    readonly previousSecretUntil: Temporal.Instant | null;
  },
  now: Temporal.Instant,
): string[] {
  const { id, secretVersion, previousSecretUntil } = webhook;
  const overlaps = previousSecretUntil !== null && Temporal.Instant.compare(now, previousSecretUntil) < 0;
  return [secretOf(id, secretVersion), ...(overlaps ? [secretOf(id, secretVersion - 1)] : [])];
}
