import { z } from 'zod';
import { systemClock } from './domain/clock.ts';
import { isMailAddress } from './domain/email-address.ts';

/** What the process runs with. Made from the environment once, here; nothing else reads it. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** What links begin with, without a slash at the end. `null`: localhost with the port it listens on. */
  readonly publicUrl: string | null;
  readonly dataDir: string;
  /** `null`: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** `null`: the embedded mailbox. */
  readonly smtpUrl: string | null;
  readonly mailboxPort: number;
  readonly mailboxSmtpPort: number;
  /** Mail that comes back: `null` where none is asked for. */
  readonly inbound: InboundConfig | null;
  readonly mailFrom: string;
  readonly mailReplyTo: string;
  /** `null`: generated and kept in the data directory. */
  readonly appSecret: string | null;
  /** `null`: generated and kept in the data directory. */
  readonly adminApiKey: string | null;
  readonly clockOffset: Temporal.Duration;
  readonly logLevel: string;
  readonly webhookAllowPrivate: boolean;
  /** Whether this process answers requests, does the work behind them, or both. */
  readonly role: Role;
  readonly smtpConnections: number;
  /** Messages handed over a second, by all processes of the installation together; `null` for as many as go. */
  readonly smtpMaxPerSecond: number | null;
  readonly smtpRequireTls: boolean;
  /** `null`: messages are not signed here. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly privateKeyFile: string } | null;
}

export type Role = 'api' | 'worker' | 'all';

/** Where answers and reports of mail systems come in. */
export interface InboundConfig {
  /** What the addresses that notices carry end in. */
  readonly domain: string;
  /** `null`: another process listens. */
  readonly port: number | null;
  readonly host: string;
  /** Files of the certificate and its key for STARTTLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly maxBytes: number;
  readonly maxConnections: number;
  /** Mails for one message within an hour. */
  readonly maxPerMessage: number;
}

/** Thrown for an environment that cannot be run with. The message names every fault, one a line. */
export class ConfigurationError extends Error {
  constructor(faults: readonly string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

const isPort = (value: string) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535;
const port = (fallback: string) =>
  z.string().default(fallback).refine(isPort, 'expected a port from 0 to 65535').transform(Number);

const count = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine((value) => /^[1-9]\d{0,8}$/.test(value), 'expected a whole number from 1 to 999999999')
    .transform(Number);

const url = (protocols: readonly string[]) =>
  z.string().refine(
    (value) => {
      const parsed = URL.parse(value);
      return parsed !== null && protocols.includes(parsed.protocol);
    },
    {
      error: `expected a URL beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      abort: true,
    },
  );
const withHost = (value: string) => URL.parse(value)?.hostname !== '';
const withoutQuery = (value: string) => !/[?#]/.test(value);

const sender = z.string().refine((value) => {
  const [, named, alone] = /^(?:[^<>"\r\n]*<([^<>]*)>|([^<>]*))$/.exec(value) ?? [];
  return isMailAddress(named ?? alone ?? '');
}, 'expected an address, or a name and an address: Telenor <varsel@example.com>');

const duration = z
  .string()
  .default('PT0S')
  .transform((value, context) => {
    try {
      const offset = Temporal.Duration.from(value);
      // PostgreSQL and the API read years of four digits.
      const { year } = systemClock(offset)().toZonedDateTimeISO('UTC');
      if (year >= 1970 && year < 9999) return offset;
    } catch {
      // It is no duration, or leads beyond all dates.
    }
    context.addIssue('expected an ISO 8601 duration, like P11D, that leads to a year from 1970 to 9998');
    return z.NEVER;
  });

const flag = z
  .enum(['true', 'false'], { error: 'expected true or false' })
  .default('false')
  .transform((value) => value === 'true');

const whole = (least: number, most: number) =>
  z
    .string()
    .refine(
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
      `expected a whole number from ${least} to ${most}`,
    )
    .transform(Number);

const environment = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port('3000'),
  PUBLIC_URL: url(['http:', 'https:']).refine(withoutQuery, 'expected a URL without ? and #').optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  SMTP_URL: url(['smtp:', 'smtps:']).refine(withHost, 'expected the name of a host').optional(),
  MAILBOX_PORT: port('1080'),
  MAILBOX_SMTP_PORT: port('1025'),
  INBOUND_DOMAIN: z
    .string()
    .refine(
      (value) => isMailAddress(`a@${value}`) && value.length <= 190,
      'expected a domain, like answers.example.com',
    )
    .toLowerCase()
    .optional(),
  INBOUND_SMTP_PORT: z
    .string()
    .refine((value) => value === 'off' || isPort(value), 'expected a port from 0 to 65535, or off')
    .transform((value) => (value === 'off' ? null : Number(value)))
    .optional(),
  INBOUND_SMTP_HOST: z.string().optional(),
  INBOUND_TLS_CERT: z.string().optional(),
  INBOUND_TLS_KEY: z.string().optional(),
  INBOUND_MAX_BYTES: count('26214400'),
  INBOUND_MAX_CONNECTIONS: count('50'),
  INBOUND_MAX_PER_MESSAGE: count('60'),
  MAIL_FROM: sender.optional(),
  MAIL_REPLY_TO: sender.optional(),
  APP_SECRET: z
    .string()
    .refine((value) => Buffer.byteLength(value) >= 32, 'expected at least 32 bytes')
    .optional(),
  ADMIN_API_KEY: z
    .string()
    .refine((value) => /^[\x21-\x7e]{16,}$/.test(value), 'expected at least 16 visible ASCII characters')
    .optional(),
  CLOCK_OFFSET: duration,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  WEBHOOK_ALLOW_PRIVATE: flag,
  ROLE: z.enum(['api', 'worker', 'all'], { error: 'expected api, worker or all' }).default('all'),
  SMTP_CONNECTIONS: whole(1, 1_000).default(20),
  SMTP_MAX_PER_SECOND: whole(1, 1_000_000).optional(),
  SMTP_REQUIRE_TLS: flag,
  DKIM_DOMAIN: z
    .string()
    .refine((value) => isMailAddress(`a@${value}`), 'expected a domain, like telenor.example')
    .optional(),
  DKIM_SELECTOR: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'expected a name, like varsel2026')
    .optional(),
  DKIM_PRIVATE_KEY_FILE: z.string().optional(),
});

/** What has an embedded default that production turns off. */
const NEEDED_IN_PRODUCTION = [
  ['PUBLIC_URL', 'what links in mails begin with'],
  ['DATABASE_URL', 'PostgreSQL 18 or newer'],
  ['SMTP_URL', 'where mails are handed over, smtp://user:pass@host:587'],
  ['MAIL_FROM', 'sender of notices'],
  ['MAIL_REPLY_TO', 'address for written answers'],
  ['APP_SECRET', 'at least 32 bytes; every link derives from it'],
  ['ADMIN_API_KEY', 'the first API key, role admin'],
] as const;

/** All of them, or none. */
const DKIM = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_PRIVATE_KEY_FILE'] as const;

/**
 * The configuration out of an environment; a variable that is set to nothing counts as not set. Throws
 * `ConfigurationError` with every fault at once: what is ill-formed, what production lacks, what production refuses.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const production = given.NODE_ENV === 'production';
  const faults: string[] = [];
  if (production) {
    for (const [name, meaning] of NEEDED_IN_PRODUCTION) {
      if (given[name] === undefined) faults.push(`${name} is missing: ${meaning}`);
    }
  }
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        const secret = /SECRET|KEY|URL/.test(name) && name !== 'PUBLIC_URL';
        return `${name} is ${secret ? 'ill-formed' : JSON.stringify(given[name])}: ${issue.message}`;
      }),
    );
  }
  const lacking = DKIM.filter((name) => given[name] === undefined);
  if (lacking.length > 0 && lacking.length < DKIM.length) {
    faults.push(...lacking.map((name) => `${name} is missing: signing with DKIM takes ${DKIM.join(', ')}`));
  }
  if (!production && given.DATABASE_URL === undefined && (given.ROLE === 'api' || given.ROLE === 'worker')) {
    faults.push('DATABASE_URL is missing: the embedded PostgreSQL serves one process, and ROLE is for several');
  }
  if (!production && given.PUBLIC_URL === undefined && given.ROLE === 'worker') {
    faults.push('PUBLIC_URL is missing: what links in mails begin with, which ROLE=worker does not answer itself');
  }
  if (!production && given.SMTP_URL === undefined && given.SMTP_REQUIRE_TLS === 'true') {
    faults.push('SMTP_URL is missing: the embedded mailbox has no TLS, and SMTP_REQUIRE_TLS is true');
  }
  const { CLOCK_OFFSET, WEBHOOK_ALLOW_PRIVATE } = environment.shape;
  if (production && CLOCK_OFFSET.safeParse(given.CLOCK_OFFSET).data?.blank === false) {
    faults.push('CLOCK_OFFSET is set: production runs on the real clock');
  }
  if (production && WEBHOOK_ALLOW_PRIVATE.safeParse(given.WEBHOOK_ALLOW_PRIVATE).data === true) {
    faults.push('WEBHOOK_ALLOW_PRIVATE is true: refused in production');
  }
  if (given.INBOUND_DOMAIN === undefined && given.SMTP_URL !== undefined && /^\d/.test(given.INBOUND_SMTP_PORT ?? '')) {
    faults.push('INBOUND_SMTP_PORT is set without INBOUND_DOMAIN: what the addresses end in that mail comes back to');
  }
  if ((given.INBOUND_TLS_CERT === undefined) !== (given.INBOUND_TLS_KEY === undefined)) {
    faults.push('INBOUND_TLS_CERT and INBOUND_TLS_KEY belong together: one is missing');
  }
  const answersTo = /([^@<>\s]+)>?$/.exec(given.MAIL_REPLY_TO ?? '')?.[1]?.toLowerCase();
  if (answersTo !== undefined && answersTo === given.INBOUND_DOMAIN?.toLowerCase()) {
    faults.push(
      'MAIL_REPLY_TO is under INBOUND_DOMAIN, where only the addresses of notices are known: nobody would read it',
    );
  }
  if (!parsed.success || faults.length > 0) throw new ConfigurationError(faults);
  const { data } = parsed;
  return Object.freeze({
    production,
    host: data.HOST,
    port: data.PORT,
    publicUrl: data.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL ?? null,
    smtpUrl: data.SMTP_URL ?? null,
    mailboxPort: data.MAILBOX_PORT,
    mailboxSmtpPort: data.MAILBOX_SMTP_PORT,
    inbound: inboundOf(data, production),
    mailFrom: data.MAIL_FROM ?? 'Telenor A/S <varsel@telenor.example>',
    mailReplyTo: data.MAIL_REPLY_TO ?? 'indsigelse@telenor.example',
    appSecret: data.APP_SECRET ?? null,
    adminApiKey: data.ADMIN_API_KEY ?? null,
    clockOffset: data.CLOCK_OFFSET,
    logLevel: data.LOG_LEVEL,
    webhookAllowPrivate: data.WEBHOOK_ALLOW_PRIVATE,
    role: data.ROLE,
    smtpConnections: data.SMTP_CONNECTIONS,
    smtpMaxPerSecond: data.SMTP_MAX_PER_SECOND ?? null,
    smtpRequireTls: data.SMTP_REQUIRE_TLS,
    dkim:
      data.DKIM_DOMAIN === undefined || data.DKIM_SELECTOR === undefined || data.DKIM_PRIVATE_KEY_FILE === undefined
        ? null
        : { domain: data.DKIM_DOMAIN, selector: data.DKIM_SELECTOR, privateKeyFile: data.DKIM_PRIVATE_KEY_FILE },
  });
}

/** With the embedded mailbox, mail comes back to the embedded listener; otherwise where it is asked for. */
function inboundOf(data: z.output<typeof environment>, production: boolean): InboundConfig | null {
  const isEmbedded = !production && data.SMTP_URL === undefined;
  const domain = data.INBOUND_DOMAIN ?? (isEmbedded && data.INBOUND_SMTP_PORT !== null ? 'svar.telenor.example' : null);
  if (domain === null) return null;
  const { INBOUND_TLS_CERT: cert, INBOUND_TLS_KEY: key } = data;
  return {
    domain,
    port: data.INBOUND_SMTP_PORT === undefined ? (isEmbedded ? 2525 : null) : data.INBOUND_SMTP_PORT,
    host: data.INBOUND_SMTP_HOST ?? data.HOST,
    tls: cert !== undefined && key !== undefined ? { cert, key } : null,
    maxBytes: data.INBOUND_MAX_BYTES,
    maxConnections: data.INBOUND_MAX_CONNECTIONS,
    maxPerMessage: data.INBOUND_MAX_PER_MESSAGE,
  };
}
