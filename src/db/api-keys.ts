import type { Author } from '../domain/author.ts';
import type { Permissions, Scope } from '../domain/permission.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** An API key, without its secret: that is not stored. */
export type ApiKey = Permissions & {
  readonly id: string;
  readonly name: string;
  /** The person whose key it is; `null` for a named system's. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly createdAt: Temporal.Instant;
  readonly createdBy: string;
  readonly expiresAt: Temporal.Instant | null;
  readonly revokedAt: Temporal.Instant | null;
  readonly revokedBy: string | null;
  readonly lastUsedAt: Temporal.Instant | null;
};

const COLUMNS = `id, name, role, scopes, products,
  (select jsonb_build_object('id', p.id, 'name', p.name) from people p where p.id = owner_id) as owner, created_at as "createdAt", author_in_words(created_by) as "createdBy", expires_at as "expiresAt",
  revoked_at as "revokedAt", author_in_words(revoked_by) as "revokedBy", last_used_at as "lastUsedAt"`;

/** Stores a new key by its hash. `null` when a key with this hash is there already. */
export async function insertApiKey(
  tx: Transaction,
  key: Permissions &
    Author & { name: string; hash: Buffer; ownerId: string | null; expiresAt: Temporal.Instant | null },
): Promise<ApiKey | null> {
  return row<ApiKey>(
    tx,
    `insert into api_keys (name, role, scopes, products, hash, expires_at, created_at, created_by, owner_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (hash) do nothing returning ${COLUMNS}`,
    [key.name, key.role, key.scopes, key.products, key.hash, key.expiresAt, key.at, key.actor, key.ownerId],
  );
}

/** The key with this hash that is valid at `now`: neither revoked nor expired. */
export async function findValidApiKey(db: Queryable, hash: Buffer, now: Temporal.Instant): Promise<ApiKey | null> {
  return row<ApiKey>(
    db,
    `select ${COLUMNS} from api_keys
     where hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
    [hash, now],
  );
}

/** The scope with which a key makes others, where it is for all products. */
const MAKES_KEYS: Scope = 'keys:manage';

/** Locks the keys that are valid at `now` and can make others, against revocation, and returns their ids. */
export async function lockKeysThatMakeKeys(tx: Transaction, now: Temporal.Instant): Promise<string[]> {
  const found = await rows<{ id: string }>(
    tx,
    `select id from api_keys where (role = 'admin' or '${MAKES_KEYS}' = any(scopes)) and products is null and revoked_at is null and (expires_at is null or expires_at > $1)
     order by id for no key update`,
    [now],
  );
  return found.map(({ id }) => id);
}

/** Records when a key was used. */
export async function touchApiKey(db: Queryable, id: string, now: Temporal.Instant): Promise<void> {
  await rows(db, 'update api_keys set last_used_at = $2 where id = $1', [id, now]);
}

/** Keys in the order they were made, from after `after`. */
export async function listApiKeys(db: Queryable, after: string | null, limit: number): Promise<ApiKey[]> {
  return rows<ApiKey>(db, `select ${COLUMNS} from api_keys where $1::uuid is null or id > $1 order by id limit $2`, [
    after,
    limit,
  ]);
}

/**
 * Revokes a key for good. A key that is revoked already stays as it is. Returns the key and whether this call revoked it, or
 * `null` when there is no such key.
 */
export async function revokeApiKey(
  tx: Transaction,
  id: string,
  by: Author,
): Promise<{ key: ApiKey; isEnded: boolean } | null> {
  const ended = await rows(
    tx,
    'update api_keys set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null returning id',
    [id, by.at, by.actor],
  );
  const key = await row<ApiKey>(tx, `select ${COLUMNS} from api_keys where id = $1`, [id]);
  return key && { key, isEnded: ended.length > 0 };
}

/** Revokes every key of a person that is not revoked yet, for good. Returns them. */
export async function revokeKeysOf(
  tx: Transaction,
  ownerId: string,
  by: Author,
): Promise<{ id: string; name: string }[]> {
  return rows(
    tx,
    'update api_keys set revoked_at = $2, revoked_by = $3 where owner_id = $1 and revoked_at is null returning id, name',
    [ownerId, by.at, by.actor],
  );
}

/** How many keys there are. */
export async function countApiKeys(db: Queryable): Promise<number> {
  return (await oneRow<{ count: number }>(db, 'select count(*) from api_keys')).count;
}
