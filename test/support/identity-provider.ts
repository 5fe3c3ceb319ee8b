import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 });
const CLIENT = { id: 'varsel', secret: 'secret-of-the-client' };

/** Who signs in at the provider, and how. */
export interface ProviderAccount {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
  /** Factors, as the provider calls them. */
  readonly amr?: readonly string[];
  readonly acr?: string;
  readonly acrs?: readonly string[];
  /** How long ago the factors were given; now unless given. */
  readonly secondsAgo?: number;
}

/** A real identity provider (`oidc-provider`), where whoever the test names signs in without being asked. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly client: typeof CLIENT;
  /** Who signs in from now on; `null` for somebody who gives up. */
  be(account: ProviderAccount | null): void;
  /** The parameters of each time that somebody was asked to sign in. */
  readonly asked: readonly Readonly<Record<string, string>>[];
  /** Takes addresses of this Varsel as the client's; before the first sign-in. */
  register(varselUrl: string): void;
  close(): Promise<void>;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  let provider: Provider | null = null;
  let account: ProviderAccount | null = null;
  const accounts = new Map<string, ProviderAccount>();
  const asked: Readonly<Record<string, string>>[] = [];

  const server = createServer((request, response) => {
    const serve = async () => {
      if (provider === null) return void response.writeHead(503).end();
      if (request.url?.startsWith('/interaction/') !== true) return provider.callback()(request, response);
      const { prompt, params } = await provider.interactionDetails(request, response);
      if (prompt.name !== 'login') throw new Error(`nobody answers the prompt ${prompt.name}`);
      asked.push(params);
      if (account === null) {
        return provider.interactionFinished(request, response, {
          error: 'access_denied',
          error_description: 'Gave up',
        });
      }
      accounts.set(account.sub, account);
      const { sub, amr, acr, secondsAgo = 0 } = account;
      const login = { accountId: sub, amr, acr, ts: Math.floor(Date.now() / 1000) - secondsAgo };
      return provider.interactionFinished(request, response, { login });
    };
    serve().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Another host than Varsel's, localhost, so that browsers keep their cookies apart.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    client: CLIENT,
    asked,
    be: (next) => void (account = next),
    register(varselUrl) {
      provider = new Provider(
        issuer,
        configurationOf(varselUrl, (sub) => accounts.get(sub)),
      );
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function configurationOf(varselUrl: string, accountOf: (sub: string) => ProviderAccount | undefined): object {
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [`${varselUrl}/console/sign-in/openid/callback`],
        post_logout_redirect_uris: [`${varselUrl}/console/sign-in`],
      },
    ],
    jwks: { keys: [{ ...KEY.privateKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['of-the-tests'] },
    acrValues: ['gold'],
    claims: { openid: ['sub', 'amr'], profile: ['name', 'groups'], email: ['email', 'email_verified'], acrs: null },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      // Its own page loads a font from elsewhere.
      rpInitiatedLogout: {
        logoutSource: (context: { body: string }, form: string) => {
          context.body = `<title>Sign out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Sign out there</button>`;
        },
      },
    },
    // Otherwise each says in the output of the tests that it has a default.
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, sub: string) => {
      const account = accountOf(sub);
      return account && { accountId: sub, claims: () => account };
    },
    // Nobody is asked for consent: the company's own application.
    async loadExistingGrant({ oidc }: { oidc: GrantContext }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile email');
      grant.addOIDCClaims(['acrs']);
      await grant.save();
      return grant;
    },
  };
}

interface GrantContext {
  readonly provider: {
    readonly Grant: new (properties: object) => {
      addOIDCScope(scope: string): void;
      addOIDCClaims(claims: string[]): void;
      save(): Promise<string>;
    };
  };
  readonly client: { readonly clientId: string };
  readonly session: { readonly accountId: string };
}
