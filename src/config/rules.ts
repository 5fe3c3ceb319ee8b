import { environment, type Given } from './environment.ts';
import { isWeak } from './strength.ts';

/** Variables whose embedded defaults production turns off. */
const NEEDED_IN_PRODUCTION = [
  ['PUBLIC_URL', 'what links in mails begin with'],
  ['DATABASE_URL', 'PostgreSQL 18 or newer'],
  ['SMTP_URL', 'where mails are handed over, smtp://user:pass@host:587'],
  ['MAIL_FROM', 'sender of notices'],
  ['MAIL_REPLY_TO', 'address for written answers'],
  ['APP_SECRET', 'at least 32 characters that nobody can guess; every link derives from it'],
  ['ADMIN_API_KEY', 'the first API key, role admin'],
  ['SEAL_KEY_FILE', 'the key that seals the record, as "openssl genpkey -algorithm ed25519" makes'],
] as const;

/** Set all together, or not at all. */
const DKIM = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_PRIVATE_KEY_FILE'] as const;

/**
 * Whether the variables are those of a trial: on the embedded database, or on another one that `TRIAL=true` gives to it.
 * Everything else is production, so that a word that is missing or misspelt turns no check off.
 */
export function isTrial({ NODE_ENV, TRIAL, DATABASE_URL }: Given): boolean {
  return NODE_ENV !== 'production' && (TRIAL === undefined ? DATABASE_URL === undefined : TRIAL === 'true');
}

/** A fault for each variable that production needs and that is not set. */
export function missingInProduction(given: Given): string[] {
  if (isTrial(given)) return [];
  return NEEDED_IN_PRODUCTION.filter(([name]) => given[name] === undefined).map(
    ([name, meaning]) => `${name} is missing: ${meaning}`,
  );
}

/** A fault for each rule that the variables break together, or in production. */
export function brokenRules(given: Given): string[] {
  return [
    ...dkimRules(given),
    ...(isTrial(given) ? trialRules(given) : productionRules(given)),
    ...inboundRules(given),
    ...passwordRules(given),
    ...openIdRules(given),
  ];
}

function dkimRules(given: Given): string[] {
  const lacking = DKIM.filter((name) => given[name] === undefined);
  if (lacking.length === DKIM.length) return [];
  return lacking.map((name) => `${name} is missing: signing with DKIM takes ${DKIM.join(', ')}`);
}

/** What signing in through a provider takes, and what is set for nothing. */
function openIdRules(given: Given): string[] {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_FILE, OIDC_ROLES, OIDC_ROLES_CLAIM } =
    given;
  const ours = Object.keys(environment.shape).filter((name) => name.startsWith('OIDC_'));
  if (ours.every((name) => given[name] === undefined)) return [];
  const faults: string[] = [];
  if (OIDC_ISSUER === undefined) faults.push('OIDC_ISSUER is missing: the identity provider that people sign in at');
  if (OIDC_CLIENT_ID === undefined) faults.push('OIDC_CLIENT_ID is missing: the id that the provider knows Varsel by');
  if (OIDC_CLIENT_SECRET === undefined && OIDC_CLIENT_SECRET_FILE === undefined) {
    faults.push('OIDC_CLIENT_SECRET is missing: the secret of the client, or OIDC_CLIENT_SECRET_FILE with its file');
  }
  if (OIDC_CLIENT_SECRET !== undefined && OIDC_CLIENT_SECRET_FILE !== undefined) {
    faults.push('OIDC_CLIENT_SECRET and OIDC_CLIENT_SECRET_FILE are both set: expected one of them');
  }
  if ((OIDC_ROLES === undefined) !== (OIDC_ROLES_CLAIM === undefined)) {
    faults.push('OIDC_ROLES and OIDC_ROLES_CLAIM belong together: one is missing');
  }
  return faults;
}

/** A URL that has a password and turns encryption off asks for what is refused later, at each connection. */
function passwordRules({ SMTP_URL, SMTP_ALLOW_CLEAR_AUTH }: Given): string[] {
  const url = URL.parse(SMTP_URL ?? '');
  if (url?.protocol !== 'smtp:' || url.password === '' || SMTP_ALLOW_CLEAR_AUTH === 'true') return [];
  const turnedOff = [
    ['ignoreTLS', 'true'],
    ['opportunisticTLS', 'true'],
    ['requireTLS', 'false'],
  ].filter(([name = '', value]) => url.searchParams.get(name) === value);
  return turnedOff.map(
    ([name, value]) =>
      `SMTP_URL has a password and ${name}=${value}: no password is sent without encryption, unless SMTP_ALLOW_CLEAR_AUTH is true`,
  );
}

/** What cannot be done with the embedded parts of a trial. */
function trialRules({
  DATABASE_URL,
  DATABASE_OWNER_URL,
  PUBLIC_URL,
  ROLE,
  SMTP_REQUIRE_TLS,
  SMTP_URL,
}: Given): string[] {
  const faults: string[] = [];
  if (DATABASE_URL === undefined && DATABASE_OWNER_URL !== undefined) {
    faults.push('DATABASE_URL is missing: the same database as DATABASE_OWNER_URL, as the role of the application');
  }
  if (DATABASE_URL === undefined && (ROLE === 'api' || ROLE === 'worker')) {
    faults.push('DATABASE_URL is missing: the embedded PostgreSQL serves one process, and ROLE is for several');
  }
  if (PUBLIC_URL === undefined && ROLE === 'worker') {
    faults.push('PUBLIC_URL is missing: what links in mails begin with, which ROLE=worker does not answer itself');
  }
  if (SMTP_URL === undefined && SMTP_REQUIRE_TLS === 'true') {
    faults.push('SMTP_URL is missing: the embedded mailbox has no TLS, and SMTP_REQUIRE_TLS is true');
  }
  return faults;
}

/** What production refuses. */
function productionRules(given: Given): string[] {
  const { CLOCK_OFFSET, WEBHOOK_ALLOW_PRIVATE } = environment.shape;
  const faults: string[] = [];
  if (given.NODE_ENV === 'production' && given.TRIAL === 'true') {
    faults.push('TRIAL is true: NODE_ENV=production is no trial');
  }
  if (URL.parse(given.PUBLIC_URL ?? '')?.protocol === 'http:') {
    faults.push(
      'PUBLIC_URL begins with http://: expected https://, which keeps the links of customers from who listens',
    );
  }
  for (const name of ['APP_SECRET', 'ADMIN_API_KEY'] as const) {
    if (given[name] !== undefined && isWeak(given[name])) {
      faults.push(
        `${name} is weak: expected at least 32 characters without a pattern, as "openssl rand -hex 32" makes`,
      );
    }
  }
  if (given.APP_SECRET !== undefined && given.APP_SECRET === given.ADMIN_API_KEY) {
    faults.push('ADMIN_API_KEY is the APP_SECRET: whoever has the key could make every link');
  }
  if (URL.parse(given.OIDC_ISSUER ?? '')?.protocol === 'http:') {
    faults.push('OIDC_ISSUER begins with http://: expected https://, which keeps others from answering in its place');
  }
  if (CLOCK_OFFSET.safeParse(given.CLOCK_OFFSET).data?.blank === false) {
    faults.push('CLOCK_OFFSET is set: production runs on the real clock');
  }
  if (WEBHOOK_ALLOW_PRIVATE.safeParse(given.WEBHOOK_ALLOW_PRIVATE).data === true) {
    faults.push('WEBHOOK_ALLOW_PRIVATE is true: refused in production');
  }
  return faults;
}

/** What to do for somebody who only wanted to try a database of their own. */
export function trialHint({ NODE_ENV, TRIAL, DATABASE_URL }: Given): string[] {
  const mayBeTrial = NODE_ENV === undefined || NODE_ENV === 'development' || NODE_ENV === 'test';
  if (!mayBeTrial || TRIAL !== undefined || DATABASE_URL === undefined) return [];
  return [
    'TRIAL is not set: a process with a DATABASE_URL is in production, unless TRIAL=true gives the database to a trial, with example controllers',
  ];
}

function inboundRules(given: Given): string[] {
  const faults: string[] = [];
  const hasNoDomain = given.INBOUND_DOMAIN === undefined && given.SMTP_URL !== undefined;
  if (hasNoDomain && /^\d/.test(given.INBOUND_SMTP_PORT ?? '')) {
    faults.push('INBOUND_SMTP_PORT is set without INBOUND_DOMAIN: what the addresses end in that mail comes back to');
  }
  if (hasNoDomain && given.INBOUND_ADDRESSES !== undefined) {
    faults.push('INBOUND_ADDRESSES is set without INBOUND_DOMAIN: nothing listens for their mail');
  }
  if ((given.INBOUND_TLS_CERT === undefined) !== (given.INBOUND_TLS_KEY === undefined)) {
    faults.push('INBOUND_TLS_CERT and INBOUND_TLS_KEY belong together: one is missing');
  }
  const replyDomain = /([^@<>\s]+)>?$/.exec(given.MAIL_REPLY_TO ?? '')?.[1]?.toLowerCase();
  if (replyDomain !== undefined && replyDomain === given.INBOUND_DOMAIN?.toLowerCase()) {
    faults.push(
      'MAIL_REPLY_TO is under INBOUND_DOMAIN, whose mail goes to the listener: no person would read what the company is told',
    );
  }
  return faults;
}
