import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
/** Made once: 2,048 bits take a while. */
const KEYS = { own: newKey(), stranger: newKey() };

const CLIENT = { id: 'varsel', secret: 'secret-of-the-client' };

/** What a provider says otherwise than an honest one. */
export interface Hostility {
  /** Claims of the ID token instead of the honest ones; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly signature?: 'none' | 'of a stranger' | 'by the secret' | 'of other claims';
  /** What its metadata says otherwise. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What the address of the callback has beside, or instead. */
  readonly callback?: Readonly<Record<string, string>>;
  /** Takes a code as often as it comes, and any verifier. */
  readonly forgets?: boolean;
  /** Answers requests for this address itself. */
  readonly respond?: Readonly<Record<string, (response: ServerResponse) => void>>;
}

/** An identity provider of our own, whose answers are as hostile as a test wants. */
export interface HostileProvider {
  readonly issuer: string;
  readonly client: typeof CLIENT;
  /** What was asked of the token endpoint. */
  readonly exchanges: readonly URLSearchParams[];
  /** Answers so from now on, honestly where nothing is given. */
  be(hostility?: Hostility): void;
  /** Who signs in at the address, as the address that the browser is sent back to. */
  signIn(url: URL, claims?: Readonly<Record<string, unknown>>): URL;
  close(): Promise<void>;
}

export async function startHostileProvider(): Promise<HostileProvider> {
  let hostility: Hostility = {};
  const codes = new Map<string, { asked: URLSearchParams; claims: Readonly<Record<string, unknown>> }>();
  const exchanges: URLSearchParams[] = [];

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    const own = hostility.respond?.[url.pathname];
    if (own !== undefined) return own(response);
    if (url.pathname === '/.well-known/openid-configuration')
      return json(response, { ...metadata(), ...hostility.metadata });
    if (url.pathname === '/keys') {
      return json(response, {
        keys: [{ ...KEYS.own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }],
      });
    }
    if (url.pathname === '/token') return exchange(new URLSearchParams(await text(request)), response);
    response.writeHead(404).end();
  }

  const metadata = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    end_session_endpoint: `${issuer}/end`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  });

  function exchange(given: URLSearchParams, response: ServerResponse): void {
    exchanges.push(given);
    if (given.get('client_secret') !== CLIENT.secret) return json(response, { error: 'invalid_client' }, 401);
    const code = given.get('code') ?? '';
    const known = codes.get(code);
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    const isAnswer = known?.asked.get('code_challenge') === challenge || hostility.forgets === true;
    if (known === undefined || !isAnswer) return json(response, { error: 'invalid_grant' }, 400);
    if (hostility.forgets !== true) codes.delete(code);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: CLIENT.id,
      sub: 'subject-1',
      iat: now,
      exp: now + 300,
      auth_time: now - 30,
      nonce: known.asked.get('nonce'),
      amr: ['pwd', 'mfa'],
      name: 'Signe Lund',
      email: 'signe@telenor.example',
      email_verified: true,
      ...known.claims,
      ...hostility.claims,
    };
    json(response, { access_token: randomUUID(), token_type: 'Bearer', id_token: tokenOf(claims, hostility) });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    client: CLIENT,
    exchanges,
    be: (next = {}) => void (hostility = next),
    signIn(url, claims = {}) {
      const code = randomUUID();
      codes.set(code, { asked: url.searchParams, claims });
      const callback = new URL(url.searchParams.get('redirect_uri') ?? '');
      const parameters = { code, state: url.searchParams.get('state') ?? '', ...hostility.callback };
      callback.search = new URLSearchParams(parameters).toString();
      return callback;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function tokenOf(claims: object, { header = {}, signature }: Hostility): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const algorithm = { none: 'none', 'by the secret': 'HS256' }[signature as string] ?? 'RS256';
  const head = encoded({ alg: algorithm, kid: 'own', ...header });
  const signed = `${head}.${encoded(signature === 'of other claims' ? { ...claims, sub: 'somebody-else' } : claims)}`;
  return `${head}.${encoded(claims)}.${signatureOf(signed, signature)}`;
}

function signatureOf(signed: string, signature: Hostility['signature']): string {
  if (signature === 'none') return '';
  if (signature === 'by the secret') return createHmac('sha256', CLIENT.secret).update(signed).digest('base64url');
  const key = signature === 'of a stranger' ? KEYS.stranger : KEYS.own;
  return sign('sha256', Buffer.from(signed), key.privateKey).toString('base64url');
}
