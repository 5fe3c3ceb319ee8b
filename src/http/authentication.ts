import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { findValidApiKey, ROLES, touchApiKey, type ApiKey, type Role } from '../db/api-keys.ts';
import { hashApiKey } from '../security/api-keys.ts';
import { Problem } from './problems.ts';

/** Last use is noted once a minute at most, so that a busy key does not write with every request. */
const NOTED_EVERY_SECONDS = 60;

/**
 * The API key of the request, valid now and of at least this role. Notes its last use, the one thing that a GET writes.
 * Throws `unauthorized` or `forbidden`.
 */
export async function authenticate(
  request: FastifyRequest,
  role: Role,
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
  if (ROLES.indexOf(key.role) < ROLES.indexOf(role)) {
    throw new Problem('forbidden', `This takes the role ${role}; the key "${key.name}" has the role ${key.role}.`);
  }
  return key;
}

/** Who decided, as it stands on the record: the key's name for people, its id for certainty. */
export function actorOf(key: ApiKey): string {
  return `${key.name} (key ${key.id})`;
}
