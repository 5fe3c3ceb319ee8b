import { givenIn, parseEnvironment, type Environment, type Given } from './environment.ts';
import type { ProviderTerms } from '../domain/provider-claims.ts';
import { brokenRules, isTrial, missingInProduction, trialHint } from './rules.ts';

/** What the process runs with. Made from the environment once, at the start. */
export interface Config {
  /** Whether nothing may be made up: no embedded parts, no examples, no moved clock. Otherwise the process is a trial. */
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** What links begin with, without a slash at the end. `null`: localhost with the port it listens on. */
  readonly publicUrl: string | null;
  readonly dataDir: string;
  /** The database as the application uses it; `null`: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** The same database as the role that migrates it; `null` where this process does not, or one role does both. */
  readonly databaseOwnerUrl: string | null;
  /** Whether the application may use the database as a role that can take its guards off. */
  readonly allowDatabaseOwner: boolean;
  /** `null`: the embedded mailbox. */
  readonly smtpUrl: string | null;
  readonly mailboxPort: number;
  readonly mailboxSmtpPort: number;
  /** Where mail comes back to; `null` where nothing is configured to. */
  readonly inbound: InboundConfig | null;
  readonly mailFrom: string;
  readonly mailReplyTo: string;
  /** The domains that test notices may go to, as DNS has them; `null` for any: the embedded mailbox passes nothing on. */
  readonly testMailDomains: readonly string[] | null;
  /** `null`: generated and kept in the data directory. */
  readonly appSecret: string | null;
  /** `null`: generated and kept in the data directory. */
  readonly adminApiKey: string | null;
  /** The file of the key that checkpoints are signed with. `null`: generated and kept in the data directory. */
  readonly sealKeyFile: string | null;
  /** The service that stamps checkpoints (RFC 3161); `null` for none. */
  readonly timeStampUrl: string | null;
  readonly clockOffset: Temporal.Duration;
  readonly logLevel: string;
  readonly webhookAllowPrivate: boolean;
  /** The largest file of an import. It is kept in the folder for temporary files while it is imported. */
  readonly importMaxBytes: number;
  /** Whether this process answers requests, does the work behind them, or both. */
  readonly role: ProcessRole;
  readonly smtpConnections: number;
  /** Messages handed over a second, 0.2 for one in five, by all processes together; `null` for as many as go. */
  readonly smtpMaxPerSecond: number | null;
  readonly smtpRequireTls: boolean;
  /** Whether a password may go over a connection that is not encrypted. */
  readonly smtpAllowClearAuth: boolean;
  /** `null`: messages are not signed here. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly privateKeyFile: string } | null;
  /** The company's identity provider; `null`: nobody signs in through one. */
  readonly openId: OpenIdConfig | null;
}

export type ProcessRole = 'api' | 'worker' | 'all';

/** Where the people of the company sign in (D58), and what that has to say of them. */
export interface OpenIdConfig extends ProviderTerms {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: { readonly value: string } | { readonly file: string };
}

/** Where answers and reports of mail systems come in. */
export interface InboundConfig {
  /** What the addresses that notices carry end in. */
  readonly domain: string;
  /** `null`: another process listens. */
  readonly port: number | null;
  readonly host: string;
  /** Files of the certificate and its key for STARTTLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Addresses without tags whose mail the company routes here too. */
  readonly addresses: readonly string[];
  /** IP addresses and CIDR ranges of mail systems that no limit for each client applies to. */
  readonly trusted: readonly string[];
  readonly maxBytes: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerClient: number;
  /** Mails for one message within an hour. */
  readonly maxPerMessage: number;
  /** Mails without a tag within an hour. */
  readonly maxUntagged: number;
  readonly maxUntaggedPerClient: number;
}

/** Thrown for an environment that cannot be run with. The message names every fault, one a line. */
export class ConfigurationError extends Error {
  constructor(faults: readonly string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/**
 * The configuration that an environment asks for. Throws `ConfigurationError` with every fault at once: what production
 * lacks, what is ill-formed, what does not go together.
 */
export function readConfig(env: Given = process.env): Config {
  const given = givenIn(env);
  const { data, faults: illFormed } = parseEnvironment(given);
  const faults = [...missingInProduction(given), ...illFormed, ...brokenRules(given)];
  if (data === null || faults.length > 0) throw new ConfigurationError([...faults, ...trialHint(given)]);
  return Object.freeze(configOf(data, !isTrial(given)));
}

/** What `npm run migrate` runs with: the database, and nothing else of the configuration. Throws `ConfigurationError`. */
export function readDatabaseConfig(
  env: Given = process.env,
): Pick<Config, 'databaseOwnerUrl'> & { readonly databaseUrl: string } {
  const { DATABASE_URL, DATABASE_OWNER_URL } = givenIn(env);
  const { data, faults } = parseEnvironment({ DATABASE_URL, DATABASE_OWNER_URL });
  if (data === null) throw new ConfigurationError(faults);
  if (data.DATABASE_URL === undefined) {
    throw new ConfigurationError([
      'DATABASE_URL is missing: the database, as the role that the application connects as',
    ]);
  }
  return { databaseUrl: data.DATABASE_URL, databaseOwnerUrl: data.DATABASE_OWNER_URL ?? null };
}

function configOf(data: Environment, production: boolean): Config {
  return {
    production,
    host: data.HOST,
    port: data.PORT,
    publicUrl: data.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL ?? null,
    databaseOwnerUrl: data.DATABASE_OWNER_URL ?? null,
    allowDatabaseOwner: !production || data.ALLOW_DATABASE_OWNER,
    smtpUrl: data.SMTP_URL ?? null,
    mailboxPort: data.MAILBOX_PORT,
    mailboxSmtpPort: data.MAILBOX_SMTP_PORT,
    inbound: inboundOf(data, production),
    mailFrom: data.MAIL_FROM ?? 'Telenor A/S <varsel@telenor.example>',
    mailReplyTo: data.MAIL_REPLY_TO ?? 'indsigelse@telenor.example',
    testMailDomains: testMailDomainsOf(data, production),
    appSecret: data.APP_SECRET ?? null,
    adminApiKey: data.ADMIN_API_KEY ?? null,
    sealKeyFile: data.SEAL_KEY_FILE ?? null,
    timeStampUrl: data.TSA_URL ?? null,
    clockOffset: data.CLOCK_OFFSET,
    logLevel: data.LOG_LEVEL,
    webhookAllowPrivate: data.WEBHOOK_ALLOW_PRIVATE,
    importMaxBytes: data.IMPORT_MAX_BYTES,
    role: data.ROLE,
    smtpConnections: data.SMTP_CONNECTIONS,
    smtpMaxPerSecond: data.SMTP_MAX_PER_SECOND ?? null,
    smtpRequireTls: data.SMTP_REQUIRE_TLS,
    smtpAllowClearAuth: data.SMTP_ALLOW_CLEAR_AUTH,
    dkim: dkimOf(data),
    openId: openIdOf(data),
  };
}

function testMailDomainsOf(data: Environment, production: boolean): Config['testMailDomains'] {
  const isEmbedded = !production && data.SMTP_URL === undefined;
  return isEmbedded && data.TEST_MAIL_DOMAINS.length === 0 ? null : data.TEST_MAIL_DOMAINS;
}

function dkimOf({ DKIM_DOMAIN, DKIM_SELECTOR, DKIM_PRIVATE_KEY_FILE }: Environment): Config['dkim'] {
  if (DKIM_DOMAIN === undefined || DKIM_SELECTOR === undefined || DKIM_PRIVATE_KEY_FILE === undefined) return null;
  return { domain: DKIM_DOMAIN, selector: DKIM_SELECTOR, privateKeyFile: DKIM_PRIVATE_KEY_FILE };
}

function openIdOf(data: Environment): OpenIdConfig | null {
  const {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: value,
    OIDC_CLIENT_SECRET_FILE: file,
  } = data;
  if (issuer === undefined || clientId === undefined) return null;
  if (value === undefined && file === undefined) return null;
  return {
    issuer,
    clientId,
    clientSecret: file === undefined ? { value: value ?? '' } : { file },
    acr: data.OIDC_ACR,
    acrs: data.OIDC_ACRS,
    rolesClaim: data.OIDC_ROLES_CLAIM ?? null,
    roles: data.OIDC_ROLES,
  };
}

/** With the embedded mailbox, mail comes back to the embedded listener; otherwise where it is asked for. */
function inboundOf(data: Environment, production: boolean): InboundConfig | null {
  const isEmbedded = !production && data.SMTP_URL === undefined;
  const domain = data.INBOUND_DOMAIN ?? (isEmbedded && data.INBOUND_SMTP_PORT !== null ? 'svar.telenor.example' : null);
  if (domain === null) return null;
  const { INBOUND_TLS_CERT: cert, INBOUND_TLS_KEY: key } = data;
  return {
    domain,
    port: data.INBOUND_SMTP_PORT === undefined ? (isEmbedded ? 2525 : null) : data.INBOUND_SMTP_PORT,
    host: data.INBOUND_SMTP_HOST ?? data.HOST,
    tls: cert !== undefined && key !== undefined ? { cert, key } : null,
    addresses: data.INBOUND_ADDRESSES,
    trusted: data.INBOUND_TRUSTED,
    maxBytes: data.INBOUND_MAX_BYTES,
    maxConnections: data.INBOUND_MAX_CONNECTIONS,
    maxConnectionsPerClient: data.INBOUND_MAX_CONNECTIONS_PER_CLIENT,
    maxPerMessage: data.INBOUND_MAX_PER_MESSAGE,
    maxUntagged: data.INBOUND_MAX_UNTAGGED,
    maxUntaggedPerClient: data.INBOUND_MAX_UNTAGGED_PER_CLIENT,
  };
}
