import { countApiKeys, insertApiKey, lockKeysThatMakeKeys, revokeApiKey, type ApiKey } from '../db/api-keys.ts';
import { appendToAuditLog } from '../db/audit-log.ts';
import type { Transaction } from '../db/postgres.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { type Author, SYSTEM } from '../domain/author.ts';
import type { Permissions } from '../domain/permission.ts';
import { expectProducts } from './expect-products.ts';

/** Creates an API key, of a person or of a named system (D57). The database stores only its hash. Refuses with `product-unknown`. */
export async function createApiKey(
  tx: Transaction,
  key: Permissions & { name: string; hash: Buffer; ownerId?: string | null; expiresAt: Temporal.Instant | null },
  by: Author,
): Promise<ApiKey> {
  if (key.products !== null) await expectProducts(tx, key.products);
  const created = await insertApiKey(tx, { ownerId: null, ...key, ...by });
  if (created === null) throw new Error('a key with this hash exists');
  const { id, name, role, scopes, products } = created;
  const owner = created.owner?.id ?? null;
  await appendToAuditLog(tx, by, [
    { action: 'key.created', subject: id, details: { name, role, scopes, products, owner } },
  ]);
  return created;
}

/** All that can be allowed, for all products. */
const ADMIN = { role: 'admin', scopes: null, products: null } as const;

/**
 * Creates the key of the configuration, with the role admin, unless a key with its hash exists: a restart does not restore a
 * revoked key. Returns whether it was created.
 */
export async function admitConfiguredKey(tx: Transaction, hash: Buffer, at: Temporal.Instant): Promise<boolean> {
  const name = (await countApiKeys(tx)) === 0 ? 'First key' : 'Key of ADMIN_API_KEY';
  const created = await insertApiKey(tx, { name, ...ADMIN, hash, ownerId: null, expiresAt: null, at, actor: SYSTEM });
  if (created === null) return false;
  await appendToAuditLog(tx, { at, actor: SYSTEM }, [
    { action: 'key.created', subject: created.id, details: { name, ...ADMIN } },
  ]);
  return true;
}

/**
 * Revokes an API key at once and for good; a second time does nothing. Refuses with `not-found`, and with `last-admin-key`
 * where nobody could make a key afterwards.
 */
export async function revokeKey(tx: Transaction, id: string, by: Author): Promise<ApiKey> {
  const makers = await lockKeysThatMakeKeys(tx, by.at);
  if (makers.length === 1 && makers[0] === id) {
    throw new Refused(
      'last-admin-key',
      'No other key that can make keys is valid, so nobody could sign in to make one. Create an admin key first (POST /v1/keys), or start Varsel with a new ADMIN_API_KEY.',
    );
  }
  const revoked = await revokeApiKey(tx, id, by);
  if (revoked === null) throw notFound(`API key ${id}`);
  const { key, isEnded } = revoked;
  if (isEnded) await appendToAuditLog(tx, by, [{ action: 'key.revoked', subject: id, details: { name: key.name } }]);
  return key;
}
