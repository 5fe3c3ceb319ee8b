import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ConfigurationError, readConfig, readDatabaseConfig } from '../../src/config/config.ts';
import { senderOf } from '../../src/mail/sender.ts';
import { newApiKey } from '../../src/security/api-keys.ts';

const SECRET = '6f1c0c7e2b9a4d5381e7b0a94cd2f36e';

const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://varsel.example',
  DATABASE_URL: 'postgres://varsel:password@db.example/varsel',
  SMTP_URL: 'smtps://varsel:password@mail.example',
  MAIL_FROM: 'Telenor A/S <varsel@telenor.example>',
  MAIL_REPLY_TO: 'indsigelse@telenor.example',
  APP_SECRET: SECRET,
  ADMIN_API_KEY: 'varsel_qL8w-Zt3XkYd0VnR5bGmJcTe7hA',
  SEAL_KEY_FILE: '/run/seal-key.pem',
};

const INBOUND_DEFAULTS = {
  host: '127.0.0.1',
  tls: null,
  addresses: [],
  trusted: [],
  maxBytes: 26_214_400,
  maxConnections: 50,
  maxConnectionsPerClient: 10,
  maxPerMessage: 60,
  maxUntagged: 600,
  maxUntaggedPerClient: 60,
};

/** The faults that an environment is refused with, one a line. */
function faultsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const [heading, ...faults] = error.message.split('\n');
    expect(heading).toBe('The configuration cannot be used:');
    return faults.map((fault) => fault.replace(/^ {2}/, ''));
  }
  return [];
}

describe('With nothing set', () => {
  test('everything has its default', () => {
    const config = readConfig({});
    expect({ ...config, clockOffset: config.clockOffset.toString() }).toEqual({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: null,
      dataDir: './data',
      databaseUrl: null,
      databaseOwnerUrl: null,
      allowDatabaseOwner: true,
      smtpUrl: null,
      mailboxPort: 1080,
      mailboxSmtpPort: 1025,
      inbound: { domain: 'svar.telenor.example', port: 2525, ...INBOUND_DEFAULTS },
      mailFrom: 'Telenor A/S <varsel@telenor.example>',
      mailReplyTo: 'indsigelse@telenor.example',
      testMailDomains: null,
      appSecret: null,
      adminApiKey: null,
      sealKeyFile: null,
      timeStampUrl: null,
      clockOffset: 'PT0S',
      logLevel: 'info',
      webhookAllowPrivate: false,
      importMaxBytes: 536_870_912,
      role: 'all',
      smtpConnections: 20,
      smtpMaxPerSecond: null,
      smtpRequireTls: false,
      smtpAllowClearAuth: false,
      dkim: null,
      openId: null,
    });
  });

  test('a variable that is set to nothing, or to white space, counts as not set', () => {
    const names = Object.keys(PRODUCTION).concat('PORT', 'CLOCK_OFFSET', 'LOG_LEVEL', 'HOST', 'DATA_DIR');
    for (const nothing of ['', '  ', undefined]) {
      const config = readConfig(Object.fromEntries(names.map((name) => [name, nothing])));
      expect(config).toEqual(readConfig({}));
    }
  });

  test('the configuration cannot be changed', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  test('other variables of the environment are nobody’s business', () => {
    expect(readConfig({ PATH: '/bin', PGHOST: 'elsewhere', npm_config_port: '1' })).toEqual(readConfig({}));
  });
});

test('Every variable arrives where it belongs', () => {
  const config = readConfig({
    ...PRODUCTION,
    HOST: '0.0.0.0',
    PORT: '8443',
    PUBLIC_URL: 'https://varsel.example/om//',
    DATA_DIR: '/var/lib/varsel',
    MAILBOX_PORT: '0',
    MAILBOX_SMTP_PORT: '65535',
    DATABASE_OWNER_URL: 'postgres://owner:password@db.example/varsel',
    ALLOW_DATABASE_OWNER: 'true',
    INBOUND_DOMAIN: 'Svar.Telenor.example',
    INBOUND_SMTP_PORT: '25',
    INBOUND_SMTP_HOST: '192.0.2.1',
    INBOUND_TLS_CERT: '/etc/varsel/cert.pem',
    INBOUND_TLS_KEY: '/etc/varsel/key.pem',
    INBOUND_ADDRESSES: 'varsel@telenor.example, indsigelse@telenor.example,',
    INBOUND_TRUSTED: '192.0.2.1,10.0.0.0/8, 2001:db8::/32,::1',
    INBOUND_MAX_BYTES: '1000000',
    INBOUND_MAX_CONNECTIONS: '5',
    INBOUND_MAX_CONNECTIONS_PER_CLIENT: '3',
    INBOUND_MAX_PER_MESSAGE: '7',
    INBOUND_MAX_UNTAGGED: '90',
    INBOUND_MAX_UNTAGGED_PER_CLIENT: '9',
    TEST_MAIL_DOMAINS: 'Telenor.example, Prøve.example,',
    TSA_URL: 'https://stempel.example/tsa',
    LOG_LEVEL: 'silent',
    WEBHOOK_ALLOW_PRIVATE: 'false',
    IMPORT_MAX_BYTES: '1000000',
    ROLE: 'api',
    SMTP_CONNECTIONS: '50',
    SMTP_MAX_PER_SECOND: '200',
    SMTP_REQUIRE_TLS: 'true',
    SMTP_ALLOW_CLEAR_AUTH: 'true',
    DKIM_DOMAIN: 'telenor.example',
    DKIM_SELECTOR: 'varsel',
    DKIM_PRIVATE_KEY_FILE: '/run/dkim.pem',
    OIDC_ISSUER: 'https://login.microsoftonline.com/7f3c/v2.0',
    OIDC_CLIENT_ID: 'varsel',
    OIDC_CLIENT_SECRET_FILE: '/run/oidc-secret',
    OIDC_ACR: 'gold, platinum',
    OIDC_ACRS: 'c1',
    OIDC_ROLES_CLAIM: 'groups',
    OIDC_ROLES: 'cn=jura=officer:truetalk, drift=admin,',
  });
  expect({ ...config, clockOffset: config.clockOffset.toString() }).toEqual({
    production: true,
    host: '0.0.0.0',
    port: 8443,
    publicUrl: 'https://varsel.example/om',
    dataDir: '/var/lib/varsel',
    databaseUrl: PRODUCTION.DATABASE_URL,
    databaseOwnerUrl: 'postgres://owner:password@db.example/varsel',
    allowDatabaseOwner: true,
    smtpUrl: PRODUCTION.SMTP_URL,
    mailboxPort: 0,
    mailboxSmtpPort: 65_535,
    inbound: {
      domain: 'svar.telenor.example',
      port: 25,
      host: '192.0.2.1',
      tls: { cert: '/etc/varsel/cert.pem', key: '/etc/varsel/key.pem' },
      addresses: ['varsel@telenor.example', 'indsigelse@telenor.example'],
      trusted: ['192.0.2.1', '10.0.0.0/8', '2001:db8::/32', '::1'],
      maxBytes: 1_000_000,
      maxConnections: 5,
      maxConnectionsPerClient: 3,
      maxPerMessage: 7,
      maxUntagged: 90,
      maxUntaggedPerClient: 9,
    },
    mailFrom: PRODUCTION.MAIL_FROM,
    mailReplyTo: PRODUCTION.MAIL_REPLY_TO,
    testMailDomains: ['telenor.example', 'xn--prve-hra.example'],
    appSecret: SECRET,
    adminApiKey: PRODUCTION.ADMIN_API_KEY,
    sealKeyFile: '/run/seal-key.pem',
    timeStampUrl: 'https://stempel.example/tsa',
    clockOffset: 'PT0S',
    logLevel: 'silent',
    webhookAllowPrivate: false,
    importMaxBytes: 1_000_000,
    role: 'api',
    smtpConnections: 50,
    smtpMaxPerSecond: 200,
    smtpRequireTls: true,
    smtpAllowClearAuth: true,
    dkim: { domain: 'telenor.example', selector: 'varsel', privateKeyFile: '/run/dkim.pem' },
    openId: {
      issuer: 'https://login.microsoftonline.com/7f3c/v2.0',
      clientId: 'varsel',
      clientSecret: { file: '/run/oidc-secret' },
      acr: ['gold', 'platinum'],
      acrs: ['c1'],
      rolesClaim: 'groups',
      roles: [
        { value: 'cn=jura', role: 'officer', product: 'truetalk' },
        { value: 'drift', role: 'admin', product: null },
      ],
    },
  });
});

describe('Signing in through an identity provider (D58)', () => {
  const OPEN_ID = {
    OIDC_ISSUER: 'https://login.telenor.example',
    OIDC_CLIENT_ID: 'varsel',
    OIDC_CLIENT_SECRET: 'secret-of-the-client',
  };

  test('takes an issuer, a client and its secret, and gives no role by itself', () => {
    expect(readConfig(OPEN_ID).openId).toEqual({
      issuer: 'https://login.telenor.example',
      clientId: 'varsel',
      clientSecret: { value: 'secret-of-the-client' },
      acr: [],
      acrs: [],
      rolesClaim: null,
      roles: [],
    });
  });

  test('is refused half', () => {
    expect(faultsOf({ OIDC_ACR: 'gold' })).toEqual([
      expect.stringMatching('^OIDC_ISSUER is missing: '),
      expect.stringMatching('^OIDC_CLIENT_ID is missing: '),
      expect.stringMatching('^OIDC_CLIENT_SECRET is missing: '),
    ]);
    expect(faultsOf({ ...OPEN_ID, OIDC_CLIENT_SECRET_FILE: '/run/secret' })).toEqual([
      'OIDC_CLIENT_SECRET and OIDC_CLIENT_SECRET_FILE are both set: expected one of them',
    ]);
    for (const half of [{ OIDC_ROLES: 'jura=officer' }, { OIDC_ROLES_CLAIM: 'groups' }]) {
      expect(faultsOf({ ...OPEN_ID, ...half })).toEqual([
        'OIDC_ROLES and OIDC_ROLES_CLAIM belong together: one is missing',
      ]);
    }
    expect(faultsOf({ OIDC_OF_SOMEBODY_ELSE: 'x' })).toEqual([]);
  });

  test.each(['jura', 'jura=lawyer', '=admin', 'jura=admin:', 'jura=admin:True Talk', 'jura=ADMIN'])(
    'is refused with OIDC_ROLES=%s, which maps no value to a role',
    (OIDC_ROLES) => {
      expect(faultsOf({ ...OPEN_ID, OIDC_ROLES_CLAIM: 'groups', OIDC_ROLES })).toEqual([
        expect.stringMatching(`^OIDC_ROLES is ${JSON.stringify(OIDC_ROLES)}: expected values with roles \\(reader, `),
      ]);
    },
  );

  test('takes the tenant of the company, not all of Microsoft’s', () => {
    for (const tenant of ['common', 'organizations', 'consumers', 'Common']) {
      const OIDC_ISSUER = `https://login.microsoftonline.com/${tenant}/v2.0`;
      expect(faultsOf({ ...OPEN_ID, OIDC_ISSUER })).toEqual([
        expect.stringMatching('expected the tenant of the company'),
      ]);
    }
  });

  test('goes over https in production', () => {
    const http = { ...OPEN_ID, OIDC_ISSUER: 'http://127.0.0.1:8080/realms/varsel' };
    expect(faultsOf(http)).toEqual([]);
    expect(faultsOf({ ...PRODUCTION, ...http })).toEqual([
      expect.stringMatching('^OIDC_ISSUER begins with http://: expected https://'),
    ]);
    expect(faultsOf({ ...OPEN_ID, OIDC_ISSUER: 'https://login.telenor.example/?tenant=1' })).toEqual([
      expect.stringMatching('^OIDC_ISSUER is "https://login.telenor.example/.tenant=1": expected the name of a host'),
    ]);
  });
});

test('Production uses the database as its owner only where it is told to; development does without being told', () => {
  expect(readConfig(PRODUCTION).allowDatabaseOwner).toBe(false);
  expect(readConfig({ ...PRODUCTION, ALLOW_DATABASE_OWNER: 'true' }).allowDatabaseOwner).toBe(true);
  expect(readConfig({}).allowDatabaseOwner).toBe(true);
});

test('A database is named as the role of the application, not as its owner alone', () => {
  expect(faultsOf({ DATABASE_OWNER_URL: 'postgres://owner:password@db.example/varsel' })).toEqual([
    'DATABASE_URL is missing: the same database as DATABASE_OWNER_URL, as the role of the application',
  ]);
  const urls = { DATABASE_URL: 'postgres://a@b/c', DATABASE_OWNER_URL: 'postgres://owner@b/c' };
  expect(readDatabaseConfig(urls)).toEqual({
    databaseUrl: 'postgres://a@b/c',
    databaseOwnerUrl: 'postgres://owner@b/c',
  });
  expect(readDatabaseConfig({ DATABASE_URL: 'postgres://a@b/c', PORT: 'x' }).databaseOwnerUrl).toBeNull();
  expect(() => readDatabaseConfig({})).toThrow('DATABASE_URL is missing');
  expect(() => readDatabaseConfig({ ...urls, DATABASE_OWNER_URL: 'mysql://o:secret@b/c' })).toThrow(
    /DATABASE_OWNER_URL is ill-formed(?!.*secret)/s,
  );
});

test.each([
  ['0.2', 0.2],
  ['.5', 0.5],
  ['0.01', 0.01],
  ['2.5', 2.5],
  ['1000000', 1_000_000],
])('SMTP_MAX_PER_SECOND=%s is a rate', (given, rate) => {
  expect(readConfig({ SMTP_MAX_PER_SECOND: given }).smtpMaxPerSecond).toBe(rate);
});

test.each(['*.telenor.example', '@telenor.example', 'eva@telenor.example', 'telenor', '.example', 'tele nor.example'])(
  'TEST_MAIL_DOMAINS=%s is no list of domains',
  (given) => {
    expect(faultsOf({ TEST_MAIL_DOMAINS: given })).toEqual([
      `TEST_MAIL_DOMAINS is ${JSON.stringify(given)}: expected domains, separated by commas: example.com,prøve.example`,
    ]);
  },
);

test('In a trial the clock may be moved and webhooks may reach private addresses', () => {
  const { clockOffset, webhookAllowPrivate } = readConfig({ CLOCK_OFFSET: 'P11D', WEBHOOK_ALLOW_PRIVATE: 'true' });
  expect({ clockOffset: clockOffset.toString(), webhookAllowPrivate }).toEqual({
    clockOffset: 'P11D',
    webhookAllowPrivate: true,
  });
  expect(readConfig({ CLOCK_OFFSET: '-PT90M' }).clockOffset.toString()).toBe('-PT90M');
});

describe('A process is a trial or in production:', () => {
  const DATABASE_URL = 'postgres://db.example/varsel';
  const modeOf = (env: Readonly<Record<string, string>>) =>
    readConfig({ ...PRODUCTION, NODE_ENV: '', ...env }).production ? 'production' : 'trial';

  test.each([
    [{ DATABASE_URL: '' }, 'trial'],
    [{ DATABASE_URL: '', NODE_ENV: 'development' }, 'trial'],
    [{ DATABASE_URL: '', NODE_ENV: 'test', TRIAL: 'true' }, 'trial'],
    [{ TRIAL: 'true' }, 'trial'],
    [{ TRIAL: 'true', NODE_ENV: 'development' }, 'trial'],
    [{}, 'production'],
    [{ TRIAL: 'false' }, 'production'],
    [{ NODE_ENV: 'development' }, 'production'],
    [{ NODE_ENV: 'test' }, 'production'],
    [{ NODE_ENV: 'production' }, 'production'],
    [{ NODE_ENV: 'production', TRIAL: 'false' }, 'production'],
  ])('%j → %s', (env, mode) => {
    expect(modeOf(env)).toBe(mode);
  });

  test.each([
    'Production',
    'PRODUCTION',
    'prod',
    'production ',
    ' production',
    'prodution',
    'staging',
    'dev',
    'live',
    '0',
  ])('NODE_ENV=%j is neither, and is refused by name', (NODE_ENV) => {
    const expected = `NODE_ENV is ${JSON.stringify(NODE_ENV)}: expected production, development, test, or nothing`;
    expect(faultsOf({ NODE_ENV })).toEqual([expected]);
    expect(faultsOf({ ...PRODUCTION, NODE_ENV })).toEqual([expected]);
  });

  test('a trial is never one in production, and TRIAL is a word of two', () => {
    expect(faultsOf({ ...PRODUCTION, TRIAL: 'true' })).toEqual(['TRIAL is true: NODE_ENV=production is no trial']);
    expect(faultsOf({ TRIAL: 'yes' })).toContainEqual('TRIAL is "yes": expected true or false');
    expect(faultsOf({ TRIAL: 'false' })).toContainEqual(expect.stringMatching('^DATABASE_URL is missing: '));
  });

  test('a database that nobody gave to a trial gets no moved clock, no embedded mailbox, and a word on what to do', () => {
    const faults = faultsOf({ DATABASE_URL, CLOCK_OFFSET: 'P11D', WEBHOOK_ALLOW_PRIVATE: 'true' });
    expect(faults.map((fault) => fault.replace(/:.*/, ''))).toEqual([
      'PUBLIC_URL is missing',
      'SMTP_URL is missing',
      'MAIL_FROM is missing',
      'MAIL_REPLY_TO is missing',
      'APP_SECRET is missing',
      'ADMIN_API_KEY is missing',
      'SEAL_KEY_FILE is missing',
      'CLOCK_OFFSET is set',
      'WEBHOOK_ALLOW_PRIVATE is true',
      'TRIAL is not set',
    ]);
    expect(faultsOf({ DATABASE_URL, TRIAL: 'true', CLOCK_OFFSET: 'P11D', WEBHOOK_ALLOW_PRIVATE: 'true' })).toEqual([]);
  });

  test('a trial listens on this machine alone, for requests and for mail, until HOST says otherwise', () => {
    const { host, inbound } = readConfig({});
    expect({ host, inbound: inbound?.host }).toEqual({ host: '127.0.0.1', inbound: '127.0.0.1' });
    expect(readConfig({ HOST: '0.0.0.0' }).host).toBe('0.0.0.0');
  });
});

describe('Production refuses', () => {
  const weak = [
    ['one letter', 'a'.repeat(32)],
    ['one letter, very often', 'a'.repeat(4_000)],
    ['too few characters', 'k3J-x9Qz_7Lw2RtB5vNm8PcY1dHfGsA'],
    ['a word, repeated', 'password'.repeat(4)],
    ['a word, repeated with numbers', 'varsel1varsel2varsel3varsel4varsel5varsel6'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz'.repeat(2)],
    ['the alphabet and the digits', 'abcdefghijklmnopqrstuvwxyz0123456789'],
    ['the digits, up and down', '01234567899876543210012345678998'],
    ['few different characters', 'abacbcacbabcabbcacbaacbbcabacbacbbcaabccab'],
    ['zeros with an end', `${'0'.repeat(40)}f7Kq2`],
  ] as const;
  const message = (name: string) =>
    `${name} is weak: expected at least 32 characters without a pattern, as "openssl rand -hex 32" makes`;

  test.each(weak)('a secret and a first key of %s', (_form, secret) => {
    expect(faultsOf({ ...PRODUCTION, APP_SECRET: secret })).toContainEqual(expect.stringMatching(/^APP_SECRET is /));
    expect(faultsOf({ ...PRODUCTION, ADMIN_API_KEY: secret })).toEqual([message('ADMIN_API_KEY')]);
  });

  test('no secret that was made at random, in any usual form', () => {
    for (let tries = 0; tries < 200; tries += 1) {
      const bytes = randomBytes(32);
      for (const secret of [bytes.toString('hex'), bytes.toString('hex', 0, 16), bytes.toString('base64url')]) {
        expect(faultsOf({ ...PRODUCTION, APP_SECRET: secret })).toEqual([]);
        expect(faultsOf({ ...PRODUCTION, ADMIN_API_KEY: `${secret}=` })).toEqual([]);
      }
    }
    expect(faultsOf({ ...PRODUCTION, APP_SECRET: randomUUID(), ADMIN_API_KEY: newApiKey() })).toEqual([]);
  });

  test('a first key that every link derives from', () => {
    expect(faultsOf({ ...PRODUCTION, ADMIN_API_KEY: SECRET })).toEqual([
      'ADMIN_API_KEY is the APP_SECRET: whoever has the key could make every link',
    ]);
  });

  test('links that anybody on the way can read', () => {
    for (const PUBLIC_URL of ['http://varsel.example', 'HTTP://varsel.example', 'http://localhost:3000']) {
      expect(faultsOf({ ...PRODUCTION, PUBLIC_URL })).toEqual([
        expect.stringMatching('^PUBLIC_URL begins with http://: expected https://'),
      ]);
    }
    expect(faultsOf({ PUBLIC_URL: 'http://varsel.example' })).toEqual([]);
  });

  test('all of it at once, with what is missing, and without a secret', () => {
    const faults = faultsOf({
      ...PRODUCTION,
      PUBLIC_URL: 'http://varsel.example',
      MAIL_FROM: '',
      APP_SECRET: 'a'.repeat(32),
      ADMIN_API_KEY: 'b'.repeat(16),
      CLOCK_OFFSET: 'P1D',
    });
    expect(faults.map((fault) => /^\w+/.exec(fault)?.[0])).toEqual([
      'MAIL_FROM',
      'PUBLIC_URL',
      'APP_SECRET',
      'ADMIN_API_KEY',
      'CLOCK_OFFSET',
    ]);
    expect(faults.join()).not.toMatch(/aaaa|bbbb/);
  });
});

describe('A DATABASE_URL says where the database is, and how the connection is encrypted:', () => {
  const urlWith = (parameters: string) => ({
    DATABASE_URL: `postgres://varsel:hunter2@db.example/varsel?${parameters}`,
    TRIAL: 'true',
  });

  test.each([
    ['options=-c%20timezone%3DAmerica/New_York', 'options'],
    ['sslmode=require&options=-c%20session_replication_role%3Dreplica', 'options'],
    ['application_name=other', 'application_name'],
    ['client_encoding=LATIN1', 'client_encoding'],
    ['statement_timeout=1&query_timeout=1', 'statement_timeout, query_timeout'],
    ['connectionTimeoutMillis=0&max=1', 'connectionTimeoutMillis, max'],
    ['password=hunter2', 'password'],
    ['pipeline=', 'pipeline'],
    ['__proto__=x', '__proto__'],
  ])('%s is refused', (parameters, found) => {
    const [fault = '', ...others] = faultsOf(urlWith(parameters));
    expect(others).toEqual([]);
    expect(fault).toMatch(/^DATABASE_URL is ill-formed: expected no parameters but host, ssl, sslmode, /);
    expect(fault).toContain(`found ${found};`);
    expect(fault).not.toContain('hunter2');
  });

  test.each(['sslmode=verify-full&sslrootcert=/etc/ca.pem', 'host=/var/run/postgresql', 'ssl=true', ''])(
    '%s is taken',
    (parameters) => {
      expect(faultsOf(urlWith(parameters))).toEqual([]);
    },
  );
});

describe('Refused, with its name and what was expected, is', () => {
  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['PORT', ' 80'],
    ['MAILBOX_PORT', '1e3'],
    ['MAILBOX_SMTP_PORT', '0x10'],
    ['INBOUND_SMTP_PORT', 'on'],
    ['INBOUND_SMTP_PORT', '65536'],
    ['INBOUND_DOMAIN', 'localhost'],
    ['INBOUND_DOMAIN', 'svar.example\r\nRCPT'],
    ['INBOUND_DOMAIN', `${'a'.repeat(60)}.`.repeat(4) + 'dk'],
    ['INBOUND_ADDRESSES', 'Telenor <varsel@telenor.example>'],
    ['INBOUND_ADDRESSES', 'varsel@telenor.example indsigelse@telenor.example'],
    ['INBOUND_ADDRESSES', '@telenor.example'],
    ['INBOUND_TRUSTED', 'relay.telenor.example'],
    ['INBOUND_TRUSTED', '10'],
    ['INBOUND_TRUSTED', '10.0.0.0/33'],
    ['INBOUND_TRUSTED', '10.0.0.0/8/8'],
    ['INBOUND_TRUSTED', '0x7f.1/8'],
    ['INBOUND_TRUSTED', '::ffff:10.0.0.1'],
    ['INBOUND_TRUSTED', '192.0.2.1;192.0.2.2'],
    ['INBOUND_MAX_BYTES', '0'],
    ['INBOUND_MAX_BYTES', '25MB'],
    ['PUBLIC_URL', 'varsel.example'],
    ['PUBLIC_URL', 'ftp://varsel.example'],
    ['PUBLIC_URL', 'https://varsel.example/?lang=da'],
    ['PUBLIC_URL', 'https://varsel.example/#top'],
    ['DATABASE_URL', 'mysql://db.example/varsel'],
    ['DATABASE_URL', 'db.example'],
    ['SMTP_URL', 'mail.example:587'],
    ['SMTP_URL', 'http://mail.example'],
    ['SMTP_URL', 'smtp://'],
    ['SMTP_URL', 'smtp:mail.example'],
    ['MAIL_FROM', 'Telenor'],
    ['MAIL_FROM', 'Telenor A/S varsel@telenor.example'],
    ['MAIL_FROM', 'Telenor <varsel@telenor.example'],
    ['MAIL_FROM', 'Telenor <varsel@telenor.example>, other@telenor.example'],
    ['MAIL_FROM', 'a@telenor.example, b@telenor.example'],
    ['MAIL_FROM', 'Telenor\r\nBcc: evil@evil.example <varsel@telenor.example>'],
    ['MAIL_FROM', 'Telenor <varsel@localhost>'],
    ['MAIL_REPLY_TO', '"odd one"@telenor.example'],
    ['MAIL_REPLY_TO', 'indsigelse@telenor'],
    ['APP_SECRET', 'x'.repeat(31)],
    ['ADMIN_API_KEY', 'fifteen-letters'],
    ['ADMIN_API_KEY', 'a key with spaces in it'],
    ['ADMIN_API_KEY', 'nøgle-med-danske-bogstaver'],
    ['CLOCK_OFFSET', '11 days'],
    ['CLOCK_OFFSET', '11'],
    ['CLOCK_OFFSET', 'P999999Y'],
    ['CLOCK_OFFSET', 'P9000Y'],
    ['CLOCK_OFFSET', '-P100Y'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_LEVEL', 'INFO'],
    ['WEBHOOK_ALLOW_PRIVATE', 'yes'],
    ['ROLE', 'sender'],
    ['SMTP_CONNECTIONS', '0'],
    ['SMTP_CONNECTIONS', '1.5'],
    ['SMTP_CONNECTIONS', '1001'],
    ['SMTP_MAX_PER_SECOND', '0'],
    ['SMTP_MAX_PER_SECOND', '0.001'],
    ['SMTP_MAX_PER_SECOND', '1000001'],
    ['SMTP_MAX_PER_SECOND', '0,2'],
    ['SMTP_MAX_PER_SECOND', '1e3'],
    ['SMTP_MAX_PER_SECOND', 'fast'],
    ['SMTP_REQUIRE_TLS', '1'],
  ])('%s=%j', (name, value) => {
    expect(faultsOf({ TRIAL: 'true', [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} is .+: .*expected`, 'i')),
    ]);
  });

  test('a secret of 32 bytes is long enough, counted in bytes and not in letters', () => {
    expect(faultsOf({ APP_SECRET: 'x'.repeat(32) })).toEqual([]);
    expect(faultsOf({ APP_SECRET: 'å'.repeat(16) })).toEqual([]);
    expect(faultsOf({ APP_SECRET: 'å'.repeat(15) })).toHaveLength(1);
  });
});

describe('The sending of mail', () => {
  const DKIM = { DKIM_DOMAIN: 'telenor.example', DKIM_SELECTOR: 'varsel2026', DKIM_PRIVATE_KEY_FILE: '/run/dkim.pem' };

  test.each(Object.keys(DKIM))('is not signed without %s', (name) => {
    expect(faultsOf({ ...DKIM, [name]: undefined })).toEqual([expect.stringMatching(`^${name} is missing: `)]);
  });

  test('is signed for a domain, under a name', () => {
    expect(faultsOf({ ...DKIM, DKIM_DOMAIN: 'telenor.example\r\nx', DKIM_SELECTOR: 'a b' })).toEqual([
      expect.stringMatching(/^DKIM_DOMAIN .*expected/),
      expect.stringMatching(/^DKIM_SELECTOR .*expected/),
    ]);
  });

  test('is not promised to be encrypted where it goes to the embedded mailbox', () => {
    expect(faultsOf({ SMTP_REQUIRE_TLS: 'true' })).toEqual([expect.stringMatching(/^SMTP_URL is missing: /)]);
  });
});

test('A process that is one of several needs a database that others reach, and a worker what its links begin with', () => {
  const database = { DATABASE_URL: 'postgres://db.example/varsel', TRIAL: 'true' };
  expect(faultsOf({ ROLE: 'api' })).toEqual([expect.stringMatching(/^DATABASE_URL is missing: /)]);
  expect(faultsOf({ ROLE: 'api', ...database })).toEqual([]);
  expect(faultsOf({ ROLE: 'worker', ...database })).toEqual([expect.stringMatching(/^PUBLIC_URL is missing: /)]);
  expect(faultsOf({ ROLE: 'worker', ...database, PUBLIC_URL: 'https://varsel.example' })).toEqual([]);
});

describe('Mail that comes back', () => {
  test('is listened for where mail goes to the embedded mailbox, and can be turned off', () => {
    expect(readConfig({ INBOUND_SMTP_PORT: '0' }).inbound).toMatchObject({ domain: 'svar.telenor.example', port: 0 });
    expect(readConfig({ INBOUND_SMTP_PORT: 'off' }).inbound).toBeNull();
  });

  test('is not asked for in production, or with a mail server of one’s own, until a domain is named', () => {
    expect(readConfig(PRODUCTION).inbound).toBeNull();
    expect(readConfig({ SMTP_URL: 'smtp://mail.example' }).inbound).toBeNull();
    expect(readConfig({ ...PRODUCTION, INBOUND_DOMAIN: 'svar.example.com', INBOUND_SMTP_PORT: '25' }).inbound).toEqual({
      domain: 'svar.example.com',
      port: 25,
      ...INBOUND_DEFAULTS,
    });
  });

  test('may be listened for by another process: the addresses are the same', () => {
    expect(readConfig({ ...PRODUCTION, INBOUND_DOMAIN: 'svar.example.com' }).inbound).toMatchObject({ port: null });
  });

  test('needs a domain to go with its port, both files of a certificate, and a MAIL_REPLY_TO that people read', () => {
    expect(faultsOf({ ...PRODUCTION, INBOUND_SMTP_PORT: '25' })).toEqual([
      expect.stringContaining('INBOUND_SMTP_PORT is set without INBOUND_DOMAIN'),
    ]);
    expect(faultsOf({ ...PRODUCTION, INBOUND_ADDRESSES: 'varsel@telenor.example' })).toEqual([
      expect.stringContaining('INBOUND_ADDRESSES is set without INBOUND_DOMAIN'),
    ]);
    expect(faultsOf({ INBOUND_TLS_CERT: 'cert.pem' })).toEqual([expect.stringContaining('one is missing')]);
    expect(faultsOf({ INBOUND_DOMAIN: 'telenor.example', MAIL_REPLY_TO: 'Jura <jura@Telenor.example>' })).toEqual([
      expect.stringContaining('MAIL_REPLY_TO is under INBOUND_DOMAIN'),
    ]);
  });
});

describe('Every fault is named at once', () => {
  test('in production what is missing, each with what it is for', () => {
    const faults = faultsOf({ NODE_ENV: 'production' });
    expect(faults.map((fault) => fault.replace(/:.*/, ''))).toEqual([
      'PUBLIC_URL is missing',
      'DATABASE_URL is missing',
      'SMTP_URL is missing',
      'MAIL_FROM is missing',
      'MAIL_REPLY_TO is missing',
      'APP_SECRET is missing',
      'ADMIN_API_KEY is missing',
      'SEAL_KEY_FILE is missing',
    ]);
    for (const fault of faults) expect(fault).toMatch(/: ./);
  });

  test.each(Object.keys(PRODUCTION).filter((name) => name !== 'NODE_ENV'))('in production without %s alone', (name) => {
    expect(faultsOf({ ...PRODUCTION, [name]: '' })).toEqual([expect.stringMatching(`^${name} is missing: `)]);
  });

  test('what is missing, what is ill-formed and what production refuses, together', () => {
    const faults = faultsOf({
      ...PRODUCTION,
      SMTP_URL: undefined,
      PORT: 'http',
      MAIL_FROM: 'Telenor',
      CLOCK_OFFSET: 'P11D',
      WEBHOOK_ALLOW_PRIVATE: 'true',
    });
    expect(faults.map((fault) => /^\w+/.exec(fault)?.[0])).toEqual([
      'SMTP_URL',
      'PORT',
      'MAIL_FROM',
      'CLOCK_OFFSET',
      'WEBHOOK_ALLOW_PRIVATE',
    ]);
  });

  test('production refuses a moved clock and webhooks to private addresses, and takes what does nothing', () => {
    expect(faultsOf({ ...PRODUCTION, CLOCK_OFFSET: 'PT1S' })).toEqual([
      'CLOCK_OFFSET is set: production runs on the real clock',
    ]);
    expect(faultsOf({ ...PRODUCTION, WEBHOOK_ALLOW_PRIVATE: 'true' })).toEqual([
      'WEBHOOK_ALLOW_PRIVATE is true: refused in production',
    ]);
    expect(faultsOf({ ...PRODUCTION, CLOCK_OFFSET: 'PT0S', WEBHOOK_ALLOW_PRIVATE: 'false' })).toEqual([]);
  });
});

test('A URL that has a password and turns encryption off is refused, unless that is allowed', () => {
  const secret = 'smtp://varsel:hunter2@mail.example:587';
  for (const off of ['ignoreTLS=true', 'opportunisticTLS=true', 'requireTLS=false']) {
    const env = { ...PRODUCTION, SMTP_URL: `${secret}?${off}` };
    expect(faultsOf(env)).toEqual([
      `SMTP_URL has a password and ${off}: no password is sent without encryption, unless SMTP_ALLOW_CLEAR_AUTH is true`,
    ]);
    expect(faultsOf({ ...env, SMTP_ALLOW_CLEAR_AUTH: 'true' })).toEqual([]);
    expect(faultsOf({ ...env, SMTP_URL: `smtp://mail.example:587?${off}` })).toEqual([]);
  }
  expect(faultsOf({ ...PRODUCTION, SMTP_URL: secret })).toEqual([]);
});

test('No secret is repeated in a fault, and what is no secret is', () => {
  const secrets = {
    DATABASE_URL: 'mysql://varsel:hunter2@db.example',
    SMTP_URL: 'varsel:hunter2@mail.example',
    APP_SECRET: 'hunter2',
    ADMIN_API_KEY: 'hunter2',
  };
  const faults = faultsOf({ ...secrets, TRIAL: 'true', PUBLIC_URL: 'varsel.example' });
  expect(faults).toHaveLength(5);
  expect(faults.join('\n')).not.toContain('hunter2');
  expect(faults).toContainEqual(expect.stringContaining('PUBLIC_URL is "varsel.example"'));
});

test('Every sender that is taken is one that mail can be sent from', () => {
  const senders = [
    'varsel@telenor.example',
    'Telenor <varsel@telenor.example>',
    'Telenor A/S, Juridisk <varsel@telenor.example>',
    'Telenor (jura) <varsel@telenor.example>',
    'Ærø Åkjær <varsel+notices@mail.telenor.example>',
    '<varsel@telenor.example>',
  ];
  for (const sender of senders) {
    const { mailFrom, mailReplyTo } = readConfig({ MAIL_FROM: sender, MAIL_REPLY_TO: sender });
    expect(() => senderOf({ from: mailFrom, replyTo: mailReplyTo })).not.toThrow();
  }
});
