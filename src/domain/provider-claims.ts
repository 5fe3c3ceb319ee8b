import { isMailAddress } from './email-address.ts';
import type { Role } from './permission.ts';
import { oneLine, storable } from './text.ts';

/** A role that the company's identity provider gives by a value of a claim. */
export interface RoleMapping {
  readonly value: string;
  readonly role: Role;
  /** `null` for all products. */
  readonly product: string | null;
}

/** What an identity provider has to say of who signs in, as configured (D58). */
export interface ProviderTerms {
  /** Values of `acr` that stand for two factors. */
  readonly acr: readonly string[];
  /** Values of Entra ID's `acrs` that do. Where neither is configured, `amr` must have `mfa`. */
  readonly acrs: readonly string[];
  /** The claim that roles are read from; `null` where roles are given in Varsel alone. */
  readonly rolesClaim: string | null;
  readonly roles: readonly RoleMapping[];
}

/** Claims of an ID token whose signature, issuer, audience, nonce and time were verified. */
export type VerifiedClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string;
  readonly sub: string;
  /** When it was issued, in seconds. */
  readonly iat: number;
};

/** How long the factors of an ordinary sign-in may lie back: as long as a session lasts. */
export const OLDEST_FACTORS = Temporal.Duration.from({ hours: 8 });

/** How long they may lie back for what cannot be undone (D58). */
export const FRESH_FACTORS = Temporal.Duration.from({ minutes: 15 });

/** A role that is given, for a product or for all. */
export type ProviderGrant = Pick<RoleMapping, 'role' | 'product'>;

/** Who signed in, as the provider says. */
export interface ProvenPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  /** Whether the provider vouches that the address is this person's. */
  readonly isEmailVerified: boolean;
  /** When both factors were given, by our clock. */
  readonly factorsAt: Temporal.Instant;
  readonly grants: readonly ProviderGrant[];
}

/** What the provider does not say, or says otherwise than needed: for the administrator to set there. */
export type UnprovenClaim = 'two-factors' | 'authentication-time' | 'fresh-factors' | 'email' | 'roles';

export type ProviderVerdict =
  | { readonly proven: true; readonly person: ProvenPerson }
  | {
      readonly proven: false;
      readonly because: UnprovenClaim;
      /** What the provider said about it, as `amr=pwd`; for the page and the log. */
      readonly found: string;
    };

/** How far apart two servers of one provider may have their clocks. */
const TOLERANCE_SECONDS = 60;
const LONGEST_NAME = 200;

/**
 * Who signed in, or what the provider has not said of it (D58): two factors as configured, when they were given, at most
 * `oldest` before the token was issued, and an address. The provider's times are compared with one another alone, so that its
 * clock does not have to be ours.
 */
export function judgeClaims(
  claims: VerifiedClaims,
  { terms, oldest, now }: { terms: ProviderTerms; oldest: Temporal.Duration; now: Temporal.Instant },
): ProviderVerdict {
  const unproven = (because: UnprovenClaim, ...names: readonly string[]): ProviderVerdict => ({
    proven: false,
    because,
    found: names.map((name) => `${name}=${inWords(claims[name])}`).join(' '),
  });
  if (!provesTwoFactors(claims, terms)) return unproven('two-factors', ...proofOf(terms));
  const age = ageOfFactors(claims);
  if (age === null) return unproven('authentication-time', 'auth_time', 'iat');
  if (age > oldest.total('seconds') + TOLERANCE_SECONDS) return unproven('fresh-factors', 'auth_time', 'iat');
  const { email } = claims;
  if (typeof email !== 'string' || !isMailAddress(email)) return unproven('email', 'email');
  if (isLeftOut(claims, terms.rolesClaim)) return unproven('roles', terms.rolesClaim ?? '', '_claim_names');
  return {
    proven: true,
    person: {
      issuer: claims.iss,
      subject: claims.sub,
      name: nameOf(claims) ?? email,
      email,
      // Entra ID says it by another claim, that of a domain whose owner is verified.
      isEmailVerified: [claims.email_verified, claims.xms_edov].some(
        (said) => said === true || said === 1 || said === '1',
      ),
      factorsAt: now.subtract({ seconds: age }),
      grants: grantsOf(claims, terms),
    },
  };
}

/** The claims that two factors are proved by, as configured. */
export function proofOf({ acr, acrs }: ProviderTerms): readonly string[] {
  const configured = [...(acr.length > 0 ? ['acr'] : []), ...(acrs.length > 0 ? ['acrs'] : [])];
  return configured.length > 0 ? configured : ['amr'];
}

/** What is configured decides alone: `amr` of a provider that was asked for more would be a way around it. */
function provesTwoFactors(claims: VerifiedClaims, terms: ProviderTerms): boolean {
  const accepted: Readonly<Record<string, readonly string[]>> = { acr: terms.acr, acrs: terms.acrs, amr: ['mfa'] };
  return proofOf(terms).some((name) => valuesOf(claims[name]).some((value) => accepted[name]?.includes(value)));
}

/** How many seconds the factors lay back when the token was issued; `null` where it does not say, or they came later. */
function ageOfFactors({ auth_time: authTime, iat }: VerifiedClaims): number | null {
  if (typeof authTime !== 'number' || !Number.isFinite(authTime) || authTime > iat + TOLERANCE_SECONDS) return null;
  return Math.max(0, Math.ceil(iat - authTime));
}

/** Whether the provider names the claim and does not give it: Entra ID leaves out the groups of who is in very many. */
function isLeftOut({ _claim_names: names, ...claims }: VerifiedClaims, rolesClaim: string | null): boolean {
  return rolesClaim !== null && claims[rolesClaim] === undefined && isObject(names) && Object.hasOwn(names, rolesClaim);
}

/** Each role that the values of the claim stand for, once. No value, and no role. */
function grantsOf(claims: VerifiedClaims, { rolesClaim, roles }: ProviderTerms): ProviderGrant[] {
  const values = rolesClaim === null ? [] : valuesOf(claims[rolesClaim]);
  const given = roles.filter(({ value }) => values.includes(value));
  const distinct = new Map(given.map(({ role, product }) => [`${role} ${product ?? ''}`, { role, product }]));
  return [...distinct.values()];
}

/** The name to show: of a token, the one that people read, on one line. */
function nameOf({ name, given_name: given, family_name: family }: VerifiedClaims): string | null {
  return textOf(name) ?? textOf([textOf(given), textOf(family)].filter((part) => part !== null).join(' '));
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = oneLine(storable(value));
  return text === '' ? null : [...text].slice(0, LONGEST_NAME).join('');
}

/** The values of a claim that is a text or a list of them. Anything else has none. */
function valuesOf(claim: unknown): readonly string[] {
  return [claim].flat().filter((value) => typeof value === 'string');
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A claim as a page or a log shows it: short, and on one line. */
function inWords(claim: unknown): string {
  if (claim === undefined) return '–';
  const text = oneLine(storable(typeof claim === 'string' ? claim : JSON.stringify(claim)));
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
