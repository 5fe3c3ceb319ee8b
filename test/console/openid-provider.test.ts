import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ProviderFault } from '../../src/console/signing-in/openid-faults.ts';
import {
  openIdProvider,
  type OpenIdProvider,
  type OpenIdSettings,
  type SignInRequest,
} from '../../src/console/signing-in/openid-provider.ts';
import { attemptCookie } from '../../src/console/signing-in/openid-attempt.ts';
import { sealedValues } from '../../src/security/sealed-values.ts';
import { Browsing } from '../support/browsing.ts';
import { startIdentityProvider, type IdentityProvider } from '../support/identity-provider.ts';
import { startHostileProvider, type HostileProvider, type Hostility } from '../support/hostile-provider.ts';

const CALLBACK = 'https://varsel.example/console/sign-in/openid/callback';
const SOON = Math.floor(Date.now() / 1000);

let hostile: HostileProvider;
let provider: OpenIdProvider;
beforeAll(async () => {
  hostile = await startHostileProvider();
  provider = providerWith();
});
afterEach(() => hostile.be());
afterAll(() => hostile.close());

const providerWith = (given: Partial<OpenIdSettings> = {}, terms: Partial<OpenIdSettings['terms']> = {}) =>
  openIdProvider({
    issuer: hostile.issuer,
    clientId: hostile.client.id,
    clientSecret: hostile.client.secret,
    terms: { acr: [], acrs: [], rolesClaim: null, roles: [], ...terms },
    ...given,
  });

const REQUEST: SignInRequest = {
  redirectUri: CALLBACK,
  language: 'da',
  maxAge: Temporal.Duration.from({ hours: 8 }),
  anew: false,
  loginHint: null,
};

/** Signs in at a provider that is as hostile as this; the claims that are taken for true. */
async function signIn(hostility: Hostility = {}) {
  const { url, secrets } = await provider.begin(REQUEST);
  hostile.be(hostility);
  return provider.finish(hostile.signIn(url), secrets);
}

/** The fault that a promise rejects with. Fails for one that does not. */
async function faultIn(work: Promise<unknown>): Promise<ProviderFault> {
  const fault = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(fault instanceof ProviderFault)) throw new Error('expected a fault of the provider', { cause: fault });
  return fault;
}

/** The same, as `kind code`. */
async function faultOf(work: Promise<unknown>): Promise<string> {
  const fault = await faultIn(work);
  return [fault.kind, fault.code].filter((part) => part !== null).join(' ');
}

describe('A sign-in', () => {
  test('asks by code flow with PKCE, state and nonce, each time anew', async () => {
    const [one, other] = [await provider.begin(REQUEST), await provider.begin(REQUEST)];
    const asked = Object.fromEntries(one.url.searchParams);
    expect(one.url.origin + one.url.pathname).toBe(`${hostile.issuer}/authorize`);
    expect(asked).toEqual({
      client_id: 'varsel',
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid profile email',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: one.secrets.state,
      nonce: one.secrets.nonce,
      ui_locales: 'da',
      max_age: '28800',
    });
    expect(one.url.href).not.toContain(one.secrets.verifier);
    const values = [one, other].flatMap(({ secrets }) => Object.values(secrets));
    expect(new Set(values).size).toBe(6);
  });

  test('asks for two factors as configured, and for them anew where that is needed', async () => {
    const asked = async (terms: Partial<OpenIdSettings['terms']>, request: Partial<SignInRequest> = {}) =>
      Object.fromEntries((await providerWith({}, terms).begin({ ...REQUEST, ...request })).url.searchParams);
    expect(await asked({ acr: ['gold', 'platinum'] })).toMatchObject({ acr_values: 'gold platinum' });
    const acrs = async (values: string[]): Promise<unknown> => JSON.parse((await asked({ acrs: values })).claims ?? '');
    expect(await acrs(['c1'])).toEqual({ id_token: { acrs: { essential: true, value: 'c1' } } });
    expect(await acrs(['c1', 'c2'])).toEqual({ id_token: { acrs: { essential: true, values: ['c1', 'c2'] } } });
    const maxAge = Temporal.Duration.from({ minutes: 15 });
    expect(await asked({}, { anew: true, maxAge, loginHint: 'signe@telenor.example' })).toMatchObject({
      prompt: 'login',
      max_age: '900',
      login_hint: 'signe@telenor.example',
    });
  });

  test('ends with the claims of the token', async () => {
    expect(await signIn()).toMatchObject({ iss: hostile.issuer, sub: 'subject-1', amr: ['pwd', 'mfa'] });
    expect(hostile.exchanges.at(-1)?.get('redirect_uri')).toBe(CALLBACK);
  });

  test('sends the secret as the provider takes it', async () => {
    hostile.be({ metadata: { token_endpoint_auth_methods_supported: undefined } });
    const { url, secrets } = await provider.begin(REQUEST);
    // This provider reads it from the body alone, so one that came in the header is missing.
    expect(await faultOf(provider.finish(hostile.signIn(url), secrets))).toBe('refused invalid_client');
    expect(hostile.exchanges.at(-1)?.has('client_secret')).toBe(false);
  });

  test('leads to the provider’s own signing out, where it has that', async () => {
    const url = await provider.signOutUrl('https://varsel.example/console/sign-in');
    expect(url?.href).toBe(
      `${hostile.issuer}/end?post_logout_redirect_uri=https%3A%2F%2Fvarsel.example%2Fconsole%2Fsign-in&client_id=varsel`,
    );
    hostile.be({ metadata: { end_session_endpoint: undefined } });
    expect(await provider.signOutUrl(CALLBACK)).toBeNull();
  });
});

describe('No sign-in is an answer', () => {
  const HOSTILE: readonly (readonly [string, string, Hostility])[] = [
    ['that nobody signed (alg none)', '"alg" header', { signature: 'none' }],
    [
      'that nobody signed, and that says RS256',
      'signature verification failed',
      { signature: 'none', header: { alg: 'RS256' } },
    ],
    ['that a stranger signed', 'signature verification failed', { signature: 'of a stranger' }],
    [
      'that a stranger signed, without naming a key',
      'signature verification failed',
      { signature: 'of a stranger', header: { kid: undefined } },
    ],
    ['that is signed with the client’s secret (HS256)', '"alg" header', { signature: 'by the secret' }],
    ['whose signature is of other claims', 'signature verification failed', { signature: 'of other claims' }],
    ['signed in a way that the provider does not announce', '"alg" header', { header: { alg: 'PS256' } }],
    ['with an extension that we do not know (crit)', '"crit" header', { header: { crit: ['exp'] } }],
    ['of a key that the provider does not have', 'no applicable keys found', { header: { kid: 'unknown' } }],
    ['of another issuer', '"iss" (issuer) claim value', { claims: { iss: 'https://login.evil.example' } }],
    ['of no issuer', '"iss" (issuer) claim missing', { claims: { iss: undefined } }],
    ['for another client', '"aud" (audience) claim value', { claims: { aud: 'somebody-else' } }],
    ['for nobody', '"aud" (audience) claim missing', { claims: { aud: undefined } }],
    [
      'for us and another, without saying who asked',
      'additional untrusted audiences',
      { claims: { aud: ['varsel', 'somebody-else'] } },
    ],
    [
      'for us and another, which asked',
      '"azp" (authorized party)',
      { claims: { aud: ['varsel', 'other'], azp: 'other' } },
    ],
    ['with another nonce', '"nonce" claim value', { claims: { nonce: 'of-somebody-else' } }],
    ['without a nonce', '"nonce" (nonce) claim missing', { claims: { nonce: undefined } }],
    ['with a nonce that is null', '"nonce" claim value', { claims: { nonce: null } }],
    ['that has expired', 'expiration is past', { claims: { exp: SOON - 300 } }],
    ['that never expires', '"exp" (expiration time) claim missing', { claims: { exp: undefined } }],
    ['whose expiry is a text', '"exp" (expiration time) claim type', { claims: { exp: String(SOON + 300) } }],
    ['that is not valid yet', '"nbf" (not before)', { claims: { nbf: SOON + 3_600 } }],
    ['without a time', '"iat" (issued at) claim missing', { claims: { iat: undefined } }],
    ['about nobody', '"sub" (subject) claim missing', { claims: { sub: undefined } }],
    ['about a number', '"sub" (subject) claim type', { claims: { sub: 1 } }],
    ['with another state', '"state" response parameter', { callback: { state: 'of-somebody-else' } }],
    ['without a state', '"state" response parameter', { callback: { state: '' } }],
    [
      'of another issuer in the address (RFC 9207)',
      '"iss" (issuer) response parameter',
      { callback: { iss: 'https://login.evil.example' } },
    ],
    ['without a code', 'no authorization code', { callback: { code: '' } }],
    [
      'of a provider that calls itself otherwise',
      'issuer does not match',
      { metadata: { issuer: 'https://login.evil.example' } },
    ],
    [
      'of a provider without keys',
      'no applicable keys found',
      { respond: { '/keys': (response) => response.end('{"keys":[]}') } },
    ],
  ];
  test.each(HOSTILE)('%s', async (_, reason, hostility) => {
    const fault = await faultIn(signIn(hostility));
    expect(fault).toMatchObject({ kind: 'untrusted', message: expect.stringContaining(reason) as string });
  });

  test('without an ID token', async () => {
    const token = (response: ServerResponse) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ access_token: 'x', token_type: 'Bearer' }));
    expect(await faultOf(signIn({ respond: { '/token': token } }))).toBe('untrusted');
  });

  test('to the question of another browser: the code of one, the secrets of the other', async () => {
    const [own, other] = [await provider.begin(REQUEST), await provider.begin(REQUEST)];
    const stolen = hostile.signIn(own.url);
    stolen.searchParams.set('state', other.secrets.state);
    // PKCE finds it out at the provider, and where that forgets to look, the nonce does here.
    expect(await faultOf(provider.finish(stolen, other.secrets))).toBe('refused invalid_grant');
    hostile.be({ forgets: true });
    expect(await faultOf(provider.finish(stolen, other.secrets))).toBe('untrusted');
  });

  test('a second time', async () => {
    const { url, secrets } = await provider.begin(REQUEST);
    const callback = hostile.signIn(url);
    await provider.finish(callback, secrets);
    expect(await faultOf(provider.finish(callback, secrets))).toBe('refused invalid_grant');
  });
});

describe('What the provider calls its refusal', () => {
  const refusal = (error: string) => faultOf(signIn({ callback: { error, error_description: '<b>pay here</b>' } }));

  test('is told where it is a code, and nothing else of the address is', async () => {
    expect(await refusal('access_denied')).toBe('refused access_denied');
    expect(await refusal('call +45 12 34 56 78')).toBe('refused');
  });

  test('is told of our own client too', async () => {
    provider = providerWith({ clientSecret: 'an old one' });
    try {
      expect(await faultOf(signIn())).toBe('refused invalid_client');
    } finally {
      provider = providerWith();
    }
  });
});

test('What a browser keeps of a sign-in is kept from scripts and other hosts, and over https from whoever listens', () => {
  const seals = sealedValues('a-secret-of-the-tests-that-is-long-enough', 'test');
  const attempt = {
    state: 's',
    nonce: 'n',
    verifier: 'v',
    begunAt: '2026-03-02T09:00:00Z',
    to: '/console',
    confirms: null,
  };
  expect(attemptCookie(attempt, seals, 'https://varsel.example')).toMatch(
    /^__Host-varsel-openid=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/,
  );
  expect(attemptCookie(null, seals, 'http://localhost:3000')).toBe(
    'varsel-openid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
  );
});

describe('A provider is away', () => {
  test('that nobody listens for', async () => {
    const away = await startHostileProvider();
    await away.close();
    expect(await faultOf(providerWith({ issuer: away.issuer }).begin(REQUEST))).toBe('unavailable');
  });

  test.each([
    ['that has a fault', { '/.well-known/openid-configuration': (response) => response.writeHead(500).end() }],
    [
      'that a page of a proxy stands for',
      {
        '/.well-known/openid-configuration': (response) =>
          response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in to the hotel</p>'),
      },
    ],
    ['that hangs up', { '/.well-known/openid-configuration': (response) => response.destroy() }],
    [
      'that sends us elsewhere',
      {
        '/.well-known/openid-configuration': (response) => response.writeHead(302, { location: hostile.issuer }).end(),
      },
    ],
  ] satisfies [string, Hostility['respond']][])('%s', async (_, respond) => {
    hostile.be({ respond });
    expect(await faultOf(provider.begin(REQUEST))).toBe('unavailable');
  });

  test('in the middle of a sign-in', async () => {
    expect(await faultOf(signIn({ respond: { '/token': (response) => response.writeHead(503).end() } }))).toBe(
      'unavailable',
    );
    expect(await faultOf(signIn({ respond: { '/keys': (response) => response.destroy() } }))).toBe('unavailable');
    // Whatever comes without end is cut off.
    const endless = (response: ServerResponse) => response.end(`"${'x'.repeat(2 * 1024 * 1024)}"`);
    expect(await faultOf(signIn({ respond: { '/keys': endless } }))).toBe('unavailable');
  });
});

describe('With a provider as companies have one', () => {
  let real: IdentityProvider;
  beforeAll(async () => {
    real = await startIdentityProvider();
    real.register('https://varsel.example');
  });
  afterAll(() => real.close());

  const SIGNE = {
    sub: 'signe',
    name: 'Signe Lund',
    email: 'signe@telenor.example',
    email_verified: true,
    groups: ['jura'],
    amr: ['pwd', 'mfa'],
    acr: 'gold',
    acrs: ['c1'],
  };
  const signInAt = async (
    terms: Partial<OpenIdSettings['terms']>,
    request: Partial<SignInRequest> = {},
    browsing = new Browsing(),
  ) => {
    const { id: clientId, secret: clientSecret } = real.client;
    const asking = providerWith({ issuer: real.issuer, clientId, clientSecret }, terms);
    const { url, secrets } = await asking.begin({ ...REQUEST, ...request });
    const back = await browsing.visit(url, ({ hostname }) => hostname === 'varsel.example');
    return asking.finish(back.url, secrets);
  };

  test('a sign-in tells who it is, by which factors, and when', async () => {
    real.be(SIGNE);
    const { iat, auth_time: authTime, ...claims } = await signInAt({ acr: ['gold'] });
    const { acrs, ...own } = SIGNE;
    expect(claims).toMatchObject({ ...own, iss: real.issuer, aud: 'varsel' });
    // Entra ID's, too, is given to who asks for it.
    expect(claims).not.toHaveProperty('acrs');
    expect(Number(authTime)).toBeLessThanOrEqual(iat);
    expect(Number(authTime)).toBeGreaterThan(iat - 60);
    expect(await signInAt({ acrs: ['c1'] })).toMatchObject({ acrs });
  });

  test('who has signed in there is not asked again, unless the factors are wanted anew', async () => {
    real.be(SIGNE);
    const browsing = new Browsing();
    const times = real.asked.length;
    await signInAt({}, {}, browsing);
    await signInAt({}, {}, browsing);
    expect(real.asked).toHaveLength(times + 1);
    await signInAt({}, { anew: true, maxAge: Temporal.Duration.from({ minutes: 15 }) }, browsing);
    expect(real.asked).toHaveLength(times + 2);
    expect(real.asked.at(-1)).toMatchObject({ prompt: 'login', max_age: '900', ui_locales: 'da' });
  });

  test('somebody who gives up is told so', async () => {
    real.be(null);
    expect(await faultOf(signInAt({}))).toBe('refused access_denied');
  });
});
