import { readFile } from 'node:fs/promises';
import type { AppDependencies } from '../app.ts';
import type { OpenIdConfig } from '../config/config.ts';
import { sealedValues } from '../security/sealed-values.ts';

/** What signing in through the configured provider takes; `null` where none is configured. Throws for a secret that cannot be read. */
export async function openIdOf(config: OpenIdConfig | null, appSecret: string): Promise<AppDependencies['openId']> {
  if (config === null) return null;
  const { issuer, clientId, clientSecret, ...terms } = config;
  const secret = 'file' in clientSecret ? await secretIn(clientSecret.file) : clientSecret.value;
  const settings = { issuer, clientId, clientSecret: secret, terms };
  return { settings, seals: sealedValues(appSecret, 'openid-sign-in') };
}

async function secretIn(file: string): Promise<string> {
  const secret = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`OIDC_CLIENT_SECRET_FILE ${file} cannot be used: ${(cause as Error).message}`, { cause });
  });
  if (secret.trim() === '') throw new Error(`OIDC_CLIENT_SECRET_FILE ${file} cannot be used: it is empty`);
  return secret.trim();
}
