import { deriveKey } from './derived-keys.ts';

/** The secret of an endpoint, by version: the same every time, so that nothing secret is stored (`whsec_`, 32 bytes). */
export type WebhookSecrets = (webhookId: string, version: number) => string;

export function webhookSecrets(appSecret: string): WebhookSecrets {
  return (webhookId, version) => `whsec_${deriveKey(appSecret, `webhook/${webhookId}/${version}`).toString('base64')}`;
}
