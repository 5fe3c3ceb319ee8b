import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { systemClock } from '../domain/clock.ts';
import { isAsciiMailAddress, isMailAddress, mailDomainOf } from '../domain/email-address.ts';
import { ROLES, type Role } from '../domain/permission.ts';
import type { RoleMapping } from '../domain/provider-claims.ts';

/** The variables that are set, as text. */
export type Given = Readonly<Record<string, string | undefined>>;

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

/**
 * What a URL of PostgreSQL may say beside where the database is: how the connection is encrypted. Any other parameter would
 * replace what our connections rely on (`options`, `client_encoding`, time-outs).
 */
const DATABASE_PARAMETERS: readonly string[] = [
  'host',
  'ssl',
  'sslmode',
  'sslcert',
  'sslkey',
  'sslrootcert',
  'sslnegotiation',
  'uselibpqcompat',
];

const databaseUrl = url(['postgres:', 'postgresql:']).superRefine((value, context) => {
  const found = new Set(URL.parse(value)?.searchParams.keys());
  const unknown = [...found].filter((name) => !DATABASE_PARAMETERS.includes(name));
  if (unknown.length === 0) return;
  context.addIssue(
    `expected no parameters but ${DATABASE_PARAMETERS.join(', ')}, found ${unknown.join(', ')}; ` +
      'settings of sessions stand with the role (ALTER ROLE … SET …)',
  );
});

const sender = z.string().refine((value) => {
  const [, named, alone] = /^(?:[^<>"\r\n]*<([^<>]*)>|([^<>]*))$/.exec(value) ?? [];
  return isAsciiMailAddress(named ?? alone ?? '');
}, 'expected an address, or a name and an address: Telenor <varsel@example.com>');

const duration = z
  .string()
  .default('PT0S')
  .transform((value, context) => {
    try {
      const offset = Temporal.Duration.from(value);
      // PostgreSQL and the API read years of four digits.
      const { year } = systemClock().toZonedDateTimeISO('UTC').add(offset);
      if (year >= 1970 && year < 9999) return offset;
    } catch {
      // Not a duration, or one that leads beyond all dates.
    }
    context.addIssue('expected an ISO 8601 duration, like P11D, that leads to a year from 1970 to 9998');
    return z.NEVER;
  });

const flag = z
  .enum(['true', 'false'], { error: 'expected true or false' })
  .default('false')
  .transform((value) => value === 'true');

/** Several values, separated by commas. */
const list = (isValue: (value: string) => boolean, expected: string) =>
  z
    .string()
    .default('')
    .transform((value) => value.split(',').flatMap((each) => each.trim() || []))
    .refine((values) => values.every(isValue), expected);

/** `value=role`, `value=role:product`. A value may have equals signs of its own. */
const ROLE_MAPPING = new RegExp(`^(?<value>.+)=(?<role>${ROLES.join('|')})(?::(?<product>[a-z0-9][a-z0-9-]{0,62}))?$`);

/** Values of the provider, each with the role that it stands for. */
const roleMappings = list(
  (value) => ROLE_MAPPING.test(value),
  `expected values with roles (${ROLES.join(', ')}), of one product or all, separated by commas: jura=officer:truetalk,drift=admin`,
).transform((entries) =>
  entries.map((entry): RoleMapping => {
    const { value = '', role, product = null } = ROLE_MAPPING.exec(entry)?.groups ?? {};
    return { value: value.trim(), role: role as Role, product };
  }),
);

/** Values of a claim, without white space, which separates them in a request. */
const claimValues = list(
  (value) => /^[\x21-\x7e]+$/.test(value),
  'expected values without spaces, separated by commas',
);

function isAddressOrRange(value: string): boolean {
  const [address = ''] = value.split('/');
  // ipaddr.js also reads 10 and 0x7f.1 as addresses.
  if (isIP(address) === 0 || /^::ffff:/i.test(address)) return false;
  return value === address || ipaddr.isValidCIDR(value);
}

const whole = (least: number, most: number) =>
  z
    .string()
    .refine(
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
      `expected a whole number from ${least} to ${most}`,
    )
    .transform(Number);

/** A number a second; 0.01 is one in 100 seconds. */
const rate = z
  .string()
  .refine(
    (value) =>
      /^(?:\d{1,7}(?:\.\d{1,3})?|\.\d{1,3})$/.test(value) && Number(value) >= 0.01 && Number(value) <= 1_000_000,
    'expected a number from 0.01 to 1000000, like 200, or 0.2 for one in five seconds',
  )
  .transform(Number);

export const environment = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'expected production, development, test, or nothing' })
    .optional(),
  TRIAL: z.enum(['true', 'false'], { error: 'expected true or false' }).optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port('3000'),
  PUBLIC_URL: url(['http:', 'https:']).refine(withoutQuery, 'expected a URL without ? and #').optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_OWNER_URL: databaseUrl.optional(),
  ALLOW_DATABASE_OWNER: flag,
  SMTP_URL: url(['smtp:', 'smtps:']).refine(withHost, 'expected the name of a host').optional(),
  MAILBOX_PORT: port('1080'),
  MAILBOX_SMTP_PORT: port('1025'),
  INBOUND_DOMAIN: z
    .string()
    .refine(
      (value) => isAsciiMailAddress(`a@${value}`) && value.length <= 190,
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
  INBOUND_ADDRESSES: list(isMailAddress, 'expected addresses, separated by commas'),
  INBOUND_TRUSTED: list(
    isAddressOrRange,
    'expected IP addresses or ranges, separated by commas: 192.0.2.1,2001:db8::/32',
  ),
  INBOUND_MAX_BYTES: count('26214400'),
  INBOUND_MAX_CONNECTIONS: count('50'),
  INBOUND_MAX_CONNECTIONS_PER_CLIENT: count('10'),
  INBOUND_MAX_PER_MESSAGE: count('60'),
  INBOUND_MAX_UNTAGGED: count('600'),
  INBOUND_MAX_UNTAGGED_PER_CLIENT: count('60'),
  MAIL_FROM: sender.optional(),
  MAIL_REPLY_TO: sender.optional(),
  TEST_MAIL_DOMAINS: list(
    (domain) => isMailAddress(`a@${domain}`),
    'expected domains, separated by commas: example.com,prøve.example',
  ).transform((domains) => domains.map((domain) => mailDomainOf(`a@${domain}`))),
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
  IMPORT_MAX_BYTES: count('536870912'),
  ROLE: z.enum(['api', 'worker', 'all'], { error: 'expected api, worker or all' }).default('all'),
  SMTP_CONNECTIONS: whole(1, 1_000).default(20),
  SMTP_MAX_PER_SECOND: rate.optional(),
  SMTP_REQUIRE_TLS: flag,
  SMTP_ALLOW_CLEAR_AUTH: flag,
  DKIM_DOMAIN: z
    .string()
    .refine((value) => isAsciiMailAddress(`a@${value}`), 'expected a domain, like telenor.example')
    .optional(),
  DKIM_SELECTOR: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'expected a name, like varsel2026')
    .optional(),
  DKIM_PRIVATE_KEY_FILE: z.string().optional(),
  SEAL_KEY_FILE: z.string().optional(),
  TSA_URL: url(['http:', 'https:']).refine(withHost, 'expected the name of a host').optional(),
  OIDC_ISSUER: url(['https:', 'http:'])
    .refine((value) => withHost(value) && withoutQuery(value), 'expected the name of a host, and no ? or #')
    .refine(
      (value) => !/^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)\b/i.test(value),
      'expected the tenant of the company: with this one, whoever has an account at Microsoft could sign in',
    )
    .optional(),
  OIDC_CLIENT_ID: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'expected at most 255 visible ASCII characters')
    .optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_CLIENT_SECRET_FILE: z.string().optional(),
  OIDC_ACR: claimValues,
  OIDC_ACRS: claimValues,
  OIDC_ROLES_CLAIM: z.string().optional(),
  OIDC_ROLES: roleMappings,
});

/** What the variables say, each read on its own. */
export type Environment = z.output<typeof environment>;

/** The variables that are set; one that is set to nothing counts as not set. */
export function givenIn(env: Given): Given {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
}

/** Reads each variable on its own: what they say, or every fault, without the value of one that may be a secret. */
export function parseEnvironment(given: Given): { readonly data: Environment | null; readonly faults: string[] } {
  const parsed = environment.safeParse(given);
  if (parsed.success) return { data: parsed.data, faults: [] };
  const faults = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const isSecret = /SECRET|KEY|URL/.test(name) && name !== 'PUBLIC_URL';
    return `${name} is ${isSecret ? 'ill-formed' : JSON.stringify(given[name])}: ${issue.message}`;
  });
  return { data: null, faults };
}
