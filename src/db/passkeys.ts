import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A passkey of a person of the company, as the person sees it. */
export interface Passkey {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  /** Whether it is kept by an account, and not on one device alone. */
  readonly isSynced: boolean;
  readonly registeredAt: Temporal.Instant;
  readonly lastUsedAt: Temporal.Instant | null;
}

/** A passkey with what verifies it. */
export interface StoredPasskey extends Passkey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
}

const COLUMNS = `k.id, k.person_id as "personId", k.name, k.is_synced as "isSynced", k.registered_at as "registeredAt",
  k.last_used_at as "lastUsedAt"`;
const STORED = `${COLUMNS}, k.credential_id as "credentialId", k.public_key as "publicKey", k.counter, k.transports`;

/** Stores a new passkey; `null` where one with this credential id is there already. */
export async function insertPasskey(
  tx: Transaction,
  passkey: Omit<StoredPasskey, 'id' | 'lastUsedAt'>,
): Promise<Passkey | null> {
  return row<Passkey>(
    tx,
    `insert into passkeys as k (person_id, credential_id, public_key, counter, transports, is_synced, name, registered_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (credential_id) do nothing returning ${COLUMNS}`,
    [
      passkey.personId,
      passkey.credentialId,
      passkey.publicKey,
      passkey.counter,
      passkey.transports,
      passkey.isSynced,
      passkey.name,
      passkey.registeredAt,
    ],
  );
}

/** The passkeys of a person, in the order they were registered. */
export async function passkeysOf(db: Queryable, personId: string): Promise<StoredPasskey[]> {
  return rows<StoredPasskey>(db, `select ${STORED} from passkeys k where k.person_id = $1 order by k.id`, [personId]);
}

/** The passkey with this credential id, of a person who may sign in; `null` for none. */
export async function findPasskey(db: Queryable, credentialId: Buffer): Promise<StoredPasskey | null> {
  return row<StoredPasskey>(
    db,
    `select ${STORED} from passkeys k join people p on p.id = k.person_id
     where k.credential_id = $1 and p.disabled_at is null`,
    [credentialId],
  );
}

/**
 * Records that a passkey was used, and how often by its own count. `null` where it is gone, its person may not sign in any more,
 * or it has been used with that count meanwhile.
 */
export async function usePasskey(
  tx: Transaction,
  id: string,
  { counter, at }: { counter: number; at: Temporal.Instant },
): Promise<Passkey | null> {
  return row<Passkey>(
    tx,
    `update passkeys k set counter = $2, last_used_at = $3 from people p
     where k.id = $1 and p.id = k.person_id and p.disabled_at is null and (k.counter < $2 or (k.counter = 0 and $2 = 0))
     returning ${COLUMNS}`,
    [id, counter, at],
  );
}

/** Names a person's own passkey; `null` where it has none with this id. */
export async function renamePasskey(
  tx: Transaction,
  { id, personId, name }: { id: string; personId: string; name: string },
): Promise<Passkey | null> {
  return row<Passkey>(tx, `update passkeys k set name = $3 where k.id = $1 and k.person_id = $2 returning ${COLUMNS}`, [
    id,
    personId,
    name,
  ]);
}

/** Removes a person's own passkey for good; `false` where it has none with this id. */
export async function deletePasskey(
  tx: Transaction,
  { id, personId }: { id: string; personId: string },
): Promise<boolean> {
  const removed = await rows(tx, 'delete from passkeys where id = $1 and person_id = $2 returning id', [id, personId]);
  return removed.length > 0;
}

/** Removes all passkeys of a person for good, and returns their ids. */
export async function deletePasskeysOf(tx: Transaction, personId: string): Promise<{ readonly id: string }[]> {
  return rows(tx, 'delete from passkeys where person_id = $1 returning id', [personId]);
}

/** As `passkeysOf`, each locked against being used, named or removed meanwhile. */
export async function lockPasskeysOf(tx: Transaction, personId: string): Promise<StoredPasskey[]> {
  return rows<StoredPasskey>(
    tx,
    `select ${STORED} from passkeys k where k.person_id = $1 order by k.id for no key update`,
    [personId],
  );
}

/** Whether an identity provider knows the person, so that it can sign in without a passkey. */
export async function isKnownToProvider(db: Queryable, personId: string): Promise<boolean> {
  return (await row(db, 'select from people where id = $1 and issuer is not null', [personId])) !== null;
}
