import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { findValidApiKey, touchApiKey, type ApiKey } from '../db/api-keys.ts';
import { actorWithKey, type Author } from '../domain/author.ts';
import type { Clock } from '../domain/clock.ts';
import { rolesWith, scopesOf, type Scope } from '../domain/permission.ts';
import { hashApiKey } from '../security/api-keys.ts';
import { Problem } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request was authenticated with; `null` before, and on routes that ask for none. */
    apiKey: ApiKey | null;
  }
}

/** A key's last use is noted once a minute at most, so that a busy key does not write with every request. */
const NOTED_EVERY_SECONDS = 60;

/**
 * The API key of the request, valid now and with this scope, if any. Throws `unauthorized` or `forbidden`. Notes the key's
 * last use, which is the one thing that a GET writes (D26).
 */
async function authenticate(
  request: FastifyRequest,
  scope: Scope | null,
  { pool, now }: { pool: pg.Pool; now: Temporal.Instant },
): Promise<ApiKey> {
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
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
  if (scope !== null && !scopesOf(key).includes(scope)) {
    const has = key.role === null ? `only ${key.scopes.join(', ')}` : `the role ${key.role}`;
    const takes = `This takes the scope ${scope} (role ${rolesWith(scope).join(' or ')})`;
    throw new Problem('forbidden', `${takes}; the key "${key.name}" has ${has}.`);
  }
  return key;
}

/** A hook that lets only requests pass whose key has this scope. */
export function authenticateFor(
  scope: Scope | null,
  { pool, clock }: { readonly pool: pg.Pool; readonly clock: Clock },
) {
  return async (request: FastifyRequest): Promise<void> => {
    request.apiKey = await authenticate(request, scope, { pool, now: clock() });
  };
}

/** The key of an authenticated request. */
export function apiKeyOf({ apiKey }: FastifyRequest): ApiKey {
  if (apiKey === null) throw new Error('a route without authentication');
  return apiKey;
}

/** Who acts with an authenticated request, as the record names it. */
export function authorOf(request: FastifyRequest, at: Temporal.Instant): Author {
  return { at, actor: actorWithKey(apiKeyOf(request).id) };
}
