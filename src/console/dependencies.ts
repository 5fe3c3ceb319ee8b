import type { ApiDependencies } from '../api/dependencies.ts';
import type { PasskeyChallenges } from '../security/passkey-challenges.ts';
import type { SealedValues } from '../security/sealed-values.ts';
import type { OpenIdProvider } from './signing-in/openid-provider.ts';
import type { AddressOf } from './visit.ts';

/** What signing in through the company's identity provider takes (D58). */
export interface OpenId {
  readonly provider: OpenIdProvider;
  /** Seals what a browser keeps until the provider's answer comes. */
  readonly seals: SealedValues;
}

/** What the console works with. */
export interface ConsoleDependencies {
  readonly api: ApiDependencies;
  readonly addressOf: AddressOf;
  readonly challenges: PasskeyChallenges;
  /** Whether this is a trial: a one-time link then counts for two factors, and one person may do what takes two. */
  readonly isTrial: boolean;
  /** `null` where no provider is configured. */
  readonly openId: OpenId | null;
}
