import type { FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { findValidApiKey, touchApiKey } from '../db/api-keys.ts';
import { grantsOf } from '../db/person-roles.ts';
import { allowedBy, type AllowedCaller, type Caller } from '../domain/caller.ts';
import type { Clock } from '../domain/clock.ts';
import {
  KEY_ROLES,
  KEY_SCOPES,
  rolesWith,
  scopesOf,
  within,
  type Permissions,
  type Role,
  type Scope,
} from '../domain/permission.ts';
import { hashApiKey } from '../security/api-keys.ts';
import { expectFactors } from './factors.ts';
import { Problem } from './problems.ts';
import { refuseOtherSite, sessionSecretOf, signedInWith } from './session.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, with what lets the request in; `null` before, and on routes that ask for nobody. */
    caller: AllowedCaller | null;
  }
}

interface Authentication {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly publicUrl: () => string;
}

/** A key's last use is noted once a minute at most, so that a busy key does not write with every request. */
const NOTED_EVERY_SECONDS = 60;
const CSRF_HEADER = 'x-csrf-token';

/** A hook that lets only requests pass whose API key, or signed-in person, has this scope. */
export function authenticateFor(
  { scope, takesFreshFactors = false }: { readonly scope: Scope | null; readonly takesFreshFactors?: boolean },
  authentication: Authentication,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = await callerOf(request, takesFreshFactors, authentication);
    // A session is a browser's, and its cookie keeps no cache from storing the answer, as an API key does (RFC 9111, section 3.5).
    if (caller.kind === 'person') reply.header('cache-control', 'no-store');
    request.caller = allow(caller, scope);
  };
}

/** What a caller may do by a scope. Throws `forbidden` where it has not got it. */
export function allow(caller: Caller, scope: Scope | null): AllowedCaller {
  const allowed = allowedBy(caller, scope);
  if (allowed !== null) return allowed;
  if (scope === null) throw new Problem('forbidden', `"${caller.name}" has no role.`);
  if (caller.kind === 'person') {
    const takes = `This takes the scope ${scope} (role ${rolesWith(scope).join(' or ')})`;
    throw new Problem('forbidden', `${takes}; "${caller.name}" has ${inWords(caller.grants)}.`);
  }
  if (!KEY_SCOPES.includes(scope))
    throw new Problem('forbidden', `This takes a person who is signed in, not an API key.`);
  const roles = rolesWith(scope).filter((role) => (KEY_ROLES as readonly Role[]).includes(role));
  const takes = `This takes the scope ${scope} (role ${roles.join(' or ')})`;
  throw new Problem('forbidden', `${takes}; the key "${caller.name}" has ${inWords(caller.grants)}.`);
}

function inWords(grants: readonly Permissions[]): string {
  if (grants.length === 0) return 'no role';
  return grants
    .map((grant) => (grant.role === null ? `only ${scopesOf(grant).join(', ')}` : `the role ${grant.role}`))
    .filter((each, index, all) => all.indexOf(each) === index)
    .join(', ');
}

/**
 * Who sends a request: by its API key or else by its session. Throws `unauthorized`, `forbidden` for what comes from another site,
 * and `factors-needed`.
 */
async function callerOf(
  request: FastifyRequest,
  takesFreshFactors: boolean,
  { pool, clock, publicUrl }: Authentication,
): Promise<Caller> {
  const now = clock();
  const { authorization } = request.headers;
  const isWithSession = authorization === undefined && sessionSecretOf(request, publicUrl()) !== null;
  if (!isWithSession) return callerWithKey(/^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1], { pool, now });
  const person = await signedInWith(request, { pool, now, publicUrl: publicUrl() });
  if (person === null) throw new Problem('unauthorized', 'The session has ended.');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuseOtherSite(request, request.headers[CSRF_HEADER], publicUrl());
  }
  expectFactors(person, { takesFreshFactors }, now);
  return person;
}

/** Notes the key's last use, which with a session's is the one thing that a GET writes (D26). */
async function callerWithKey(
  given: string | undefined,
  { pool, now }: { pool: pg.Pool; now: Temporal.Instant },
): Promise<Caller> {
  const key = given === undefined ? null : await findValidApiKey(pool, hashApiKey(given), now);
  if (key === null) {
    throw new Problem(
      'unauthorized',
      given === undefined
        ? 'Expected `Authorization: Bearer <API key>`.'
        : 'The API key is unknown, expired or revoked.',
    );
  }
  if (key.lastUsedAt === null || Math.abs(now.since(key.lastUsedAt).total('seconds')) >= NOTED_EVERY_SECONDS) {
    await touchApiKey(pool, key.id, now);
  }
  const { id, name, owner, expiresAt } = key;
  // The key of a person does what that person may do by now (D57).
  const grants = owner === null ? [key] : within(key, await grantsOf(pool, owner.id));
  return { kind: 'key', id, name, grants, expiresAt };
}

/** Who sends an authenticated request. */
export function allowedCallerOf({ caller }: FastifyRequest): AllowedCaller {
  if (caller === null) throw new Error('a route without authentication');
  return caller;
}
