import * as client from 'openid-client';
import { Agent, fetch } from 'undici';
import type { ProviderTerms, VerifiedClaims } from '../../domain/provider-claims.ts';
import type { Language } from '../../domain/text.ts';
import { ProviderFault, inFaults } from './openid-faults.ts';

/** For each request to the provider. */
const DEADLINE_SECONDS = 10;
/** More than any provider's metadata, keys or tokens. */
const RESPONSE_BYTES = 1024 * 1024;

export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly terms: ProviderTerms;
}

/** What a sign-in is asked for. */
export interface SignInRequest {
  /** Our callback, as it is registered at the provider. */
  readonly redirectUri: string;
  readonly language: Language;
  /** How long the factors may lie back; the provider asks for them anew where they do for longer. */
  readonly maxAge: Temporal.Duration;
  /** Whether they are asked for in any case. */
  readonly anew: boolean;
  /** The address of who is expected; `null` where nobody is. */
  readonly loginHint: string | null;
}

/** What must come back unaltered with the answer, of this browser: kept by it, sealed. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** The company's identity provider. Nothing of it is kept: each sign-in asks for its metadata and keys anew. */
export interface OpenIdProvider {
  readonly terms: ProviderTerms;
  /** Where the browser goes to sign in. Rejects with `ProviderFault`. */
  begin(request: SignInRequest): Promise<{ readonly url: URL; readonly secrets: SignInSecrets }>;
  /**
   * The claims of the answer in our callback's address: code flow with PKCE; state, nonce, issuer, audience, signature and
   * expiry verified. Rejects with `ProviderFault`.
   */
  finish(callback: URL, secrets: SignInSecrets): Promise<VerifiedClaims>;
  /** Where the browser goes to sign out there too; `null` where the provider has no such page. Rejects with `ProviderFault`. */
  signOutUrl(backTo: string): Promise<URL | null>;
}

/** Makes what asks a provider. Connects to nothing. An issuer over `http:` is for trials; the configuration refuses others. */
export function openIdProvider({ issuer, clientId, clientSecret, terms }: OpenIdSettings): OpenIdProvider {
  const server = new URL(issuer);

  /** Asks the provider with connections of their own, which end with it. */
  async function asking<Result>(work: (config: client.Configuration) => Promise<Result>): Promise<Result> {
    const agent = new Agent({ maxResponseSize: RESPONSE_BYTES });
    const fetching = ((url: string, options: object) =>
      fetch(url, { ...options, dispatcher: agent })) as unknown as client.CustomFetch;
    try {
      const config = await client.discovery(server, clientId, undefined, secretOf(clientSecret), {
        [client.customFetch]: fetching,
        timeout: DEADLINE_SECONDS,
        // Otherwise a token is believed because of the connection that it came over.
        execute: [
          client.enableNonRepudiationChecks,
          ...(server.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      });
      expectIssuer(config.serverMetadata().issuer, issuer);
      return await work(config);
    } catch (error) {
      throw inFaults(error);
    } finally {
      await agent.destroy();
    }
  }

  return {
    terms,
    begin: (request) =>
      asking(async (config) => {
        const secrets = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        };
        const url = client.buildAuthorizationUrl(config, {
          ...(await questionOf(secrets)),
          ...wishesOf(request),
          ...proofAskedFor(terms),
        });
        return { url, secrets };
      }),
    finish: (callback, { state, nonce, verifier }) =>
      asking(async (config) => {
        const answer = await client.authorizationCodeGrant(config, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = answer.claims();
        if (claims === undefined) throw new ProviderFault('untrusted', 'The answer has no ID token');
        return claims;
      }),
    signOutUrl: (backTo) =>
      asking(async (config) => {
        if (config.serverMetadata().end_session_endpoint === undefined) return null;
        return client.buildEndSessionUrl(config, { post_logout_redirect_uri: backTo });
      }),
  };
}

/** The library takes any issuer that Microsoft's host names for another one. */
function expectIssuer(found: string, expected: string): void {
  const same = new URL(found).href === new URL(expected).href;
  if (!same) throw new ProviderFault('untrusted', `The provider is ${found}, expected OIDC_ISSUER ${expected}`);
}

/** In the body where the provider takes it there, otherwise in the header, which every provider has to take. */
function secretOf(secret: string): client.ClientAuth {
  const [inBody, inHeader] = [client.ClientSecretPost(secret), client.ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported ?? [];
    return (taken.includes('client_secret_post') ? inBody : inHeader)(server, ...rest);
  };
}

async function questionOf({ state, nonce, verifier }: SignInSecrets): Promise<Record<string, string>> {
  return {
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
}

function wishesOf({ redirectUri, language, maxAge, anew, loginHint }: SignInRequest): Record<string, string> {
  return {
    redirect_uri: redirectUri,
    ui_locales: language,
    // A provider that is asked for it has to say when the factors were given.
    max_age: String(maxAge.total('seconds')),
    ...(anew && { prompt: 'login' }),
    ...(loginHint !== null && { login_hint: loginHint }),
  };
}

/** What is configured to stand for two factors, as a provider is asked for it; `amr` cannot be asked for. */
function proofAskedFor({ acr, acrs }: ProviderTerms): Record<string, string> {
  const [first = '', ...others] = acrs;
  const context = others.length === 0 ? { value: first } : { values: acrs };
  return {
    ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    ...(acrs.length > 0 && { claims: JSON.stringify({ id_token: { acrs: { essential: true, ...context } } }) }),
  };
}
