import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config/config.ts';
import type { DatabaseUrls } from '../db/prepare-database.ts';
import { newApiKey } from '../security/api-keys.ts';
import { newSealKey, sealKeysFrom, type SealKeys } from '../security/seal-keys.ts';
import type { Stops } from './stops.ts';

/** Where the database and the mail server are, and the secrets: configured, or of embedded parts. */
export interface Parts {
  readonly databaseUrl: string;
  /** `null` in a process that sends no mail and has no mail server configured. */
  readonly smtpUrl: string | null;
  /** The web page of the embedded mailbox; `null` when mail goes elsewhere. */
  readonly mailboxUrl: string | null;
  readonly appSecret: string;
  readonly adminApiKey: string;
  readonly sealKeys: SealKeys;
  /** The first API key, where it was generated here. */
  readonly generatedApiKey: string | null;
}

/**
 * Refuses a data directory that cannot be used, where one is needed. Production needs none, and imports nothing of
 * `embedded/`.
 */
export async function ensureDataDir(config: Config): Promise<void> {
  if (![config.databaseUrl, config.smtpUrl, config.appSecret, config.adminApiKey, config.sealKeyFile].includes(null))
    return;
  const { ensureWritable } = await import('../embedded/data-directory-lock.ts');
  await ensureWritable(config.dataDir);
}

/** Where the database is: configured, or in an embedded PostgreSQL, which is started and holds the data directory. */
export async function databaseOf(
  { databaseUrl, databaseOwnerUrl, dataDir }: Config,
  stops: Stops,
): Promise<DatabaseUrls> {
  if (databaseUrl !== null) return { databaseUrl, ownerUrl: databaseOwnerUrl };
  const { lockDataDirectory } = await import('../embedded/data-directory-lock.ts');
  const lock = await lockDataDirectory(dataDir);
  stops.add(() => lock.release());
  const { startEmbeddedPostgres } = await import('../embedded/postgres.ts');
  const postgres = await startEmbeddedPostgres({ directory: path.resolve(dataDir, 'postgres') });
  stops.add(() => postgres.stop());
  return { databaseUrl: postgres.url, ownerUrl: postgres.ownerUrl };
}

/** The URL of the mail server: configured, or that of an embedded mailbox, which is started where this process sends. */
export async function mailServerOf(config: Config, stops: Stops): Promise<Pick<Parts, 'smtpUrl' | 'mailboxUrl'>> {
  if (config.smtpUrl !== null || config.role === 'api') return { smtpUrl: config.smtpUrl, mailboxUrl: null };
  const { startMailbox } = await import('../embedded/mailbox.ts');
  const mailbox = await startMailbox({
    smtpPort: config.mailboxSmtpPort,
    webPort: config.mailboxPort,
    directory: path.resolve(config.dataDir, 'mailbox'),
  });
  stops.add(() => mailbox.stop());
  return { smtpUrl: mailbox.smtpUrl, mailboxUrl: mailbox.webUrl };
}

/** The secrets: configured, or generated at the first start and kept in the data directory. */
export async function secretsOf(
  config: Config,
): Promise<Pick<Parts, 'appSecret' | 'adminApiKey' | 'generatedApiKey' | 'sealKeys'>> {
  const kept = async (name: string, make: () => string) => {
    const { keptSecret } = await import('../embedded/kept-secret.ts');
    return keptSecret(path.resolve(config.dataDir, name), make);
  };
  const appSecret = config.appSecret ?? (await kept('app-secret', () => randomBytes(32).toString('base64url')));
  const sealKeys =
    config.sealKeyFile === null
      ? sealKeysFrom(await kept('seal-key.pem', newSealKey))
      : await sealKeysIn(config.sealKeyFile);
  if (config.adminApiKey !== null) {
    return { appSecret, sealKeys, adminApiKey: config.adminApiKey, generatedApiKey: null };
  }
  const generatedApiKey = await kept('admin-api-key', newApiKey);
  return { appSecret, sealKeys, adminApiKey: generatedApiKey, generatedApiKey };
}

async function sealKeysIn(file: string): Promise<SealKeys> {
  try {
    return sealKeysFrom(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`SEAL_KEY_FILE ${file} cannot be used: ${(cause as Error).message}`, { cause });
  }
}
