import { deriveKey } from './derived-keys.ts';

/** Derives an endpoint's secret of one version: `whsec_` and 32 bytes in base64, the same at every call, never stored. */
export type WebhookSecrets = (webhookId: string, version: number) => string;

export function webhookSecrets(appSecret: string): WebhookSecrets {
  return (webhookId, version) => `whsec_${deriveKey(appSecret, `webhook/${webhookId}/${version}`).toString('base64')}`;
}

/**
 * The secrets that sign an endpoint's events at `now`, the newest first. After a rotation the previous secret signs too, until
 * `previousSecretUntil`.
 */
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
  const previousSigns = previousSecretUntil !== null && Temporal.Instant.compare(now, previousSecretUntil) < 0;
  return [secretOf(id, secretVersion), ...(previousSigns ? [secretOf(id, secretVersion - 1)] : [])];
}
