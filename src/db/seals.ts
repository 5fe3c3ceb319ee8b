import pg from 'pg';
import type { ShortCheckpoint } from '../domain/checkpoint.ts';
import { limitedTo } from './connection-options.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** An arbitrary number, the same in every process that seals. */
export const SEALING_LOCK = 0x7365616c;
/** Listing what is not sealed reads all that was written since, which may be everything. */
const SEALING = { statementSeconds: 300, idleInTransactionSeconds: 60 };
/** `lock_not_available`. */
const LOCKED = '55P03';

/** A tree of its own: see `seal_epochs` in sql/036_seals.sql. */
export interface Epoch {
  readonly number: number;
  readonly origin: string;
  /** By what the database was known that it began in. */
  readonly identity: string;
  /** The newest checkpoint that is known of the epoch before: origin, size, root. */
  readonly previous: string | null;
}

/** A checkpoint as it is on record. */
export interface Checkpoint extends ShortCheckpoint {
  readonly epoch: number;
  readonly at: Temporal.Instant;
  /** Every row is sealed in it, or in an earlier epoch, that was written by a transaction below this one. */
  readonly horizon: number;
  readonly keyId: string;
  /** A C2SP signed note. */
  readonly note: string;
}

/** A row of the record: its table, and its primary key as text. */
export interface RecordRow {
  readonly table: string;
  readonly key: string;
}

/**
 * Runs `work` while no other process seals, with a pool of one connection of its own, whose session holds the lock. Waits for who
 * seals for so long; `null` where that was not long enough.
 */
export async function whileSealing<Result>(
  pool: pg.Pool,
  waitMs: number,
  work: (session: pg.Pool) => Promise<Result>,
): Promise<Result | null> {
  const session = new pg.Pool({ ...pool.options, ...limitedTo(SEALING), max: 1, idleTimeoutMillis: 0 });
  session.on('error', () => undefined);
  try {
    await rows(session, `select set_config('lock_timeout', $1, false)`, [`${Math.max(1, waitMs)}ms`]);
    await rows(session, 'select pg_advisory_lock($1)', [SEALING_LOCK]);
    await rows(session, 'reset lock_timeout');
    return await work(session);
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === LOCKED) return null;
    throw error;
  } finally {
    await session.end();
  }
}

/** By what the database is known now (`database_identity` in sql/seals.sql). */
export async function databaseIdentity(db: Queryable): Promise<string> {
  return (await oneRow<{ identity: string }>(db, 'select database_identity() as identity')).identity;
}

const EPOCH = 'select number, origin, identity, previous from seal_epochs';

/** The epoch of now, or `null` before the first. */
export async function newestEpoch(db: Queryable): Promise<Epoch | null> {
  return row<Epoch>(db, `${EPOCH} order by number desc limit 1`);
}

export async function insertEpoch(db: Queryable, epoch: Epoch, at: Temporal.Instant): Promise<void> {
  const { number, origin, identity, previous } = epoch;
  await rows(db, 'insert into seal_epochs (number, origin, began_at, identity, previous) values ($1, $2, $3, $4, $5)', [
    number,
    origin,
    at,
    identity,
    previous,
  ]);
}

const CHECKPOINT = `select c.epoch, e.origin, c.size, encode(c.root, 'base64') as root, c.at, c.horizon, c.key_id as "keyId", c.note
  from checkpoints c join seal_epochs e on e.number = c.epoch`;

/** The newest checkpoint, or `null` before the first. It waits for nobody, and nobody for it. */
export async function newestCheckpoint(db: Queryable): Promise<Checkpoint | null> {
  return row<Checkpoint>(db, `${CHECKPOINT} order by c.epoch desc, c.size desc limit 1`);
}

/** Up to 1,000 checkpoints of an epoch that have more leaves than `above`, the smallest first. */
export async function checkpointsAbove(db: Queryable, epoch: number, above: number): Promise<Checkpoint[]> {
  return rows<Checkpoint>(db, `${CHECKPOINT} where c.epoch = $1 and c.size > $2 order by c.size limit 1000`, [
    epoch,
    above,
  ]);
}

export async function insertCheckpoint(tx: Transaction, checkpoint: Omit<Checkpoint, 'origin'>): Promise<void> {
  const { epoch, size, root, at, horizon, keyId, note } = checkpoint;
  await rows(
    tx,
    `insert into checkpoints (epoch, size, root, at, horizon, key_id, note)
     values ($1, $2, decode($3, 'base64'), $4, $5, $6, $7)`,
    [epoch, size, root, at, horizon, keyId, note],
  );
}

/** Makes the commit of this transaction wait until it is on disk, and with it all that was committed before. */
export async function commitDurably(tx: Transaction): Promise<void> {
  await rows(tx, 'set local synchronous_commit = on');
}

/** How many leaves the tree of an epoch has, checkpoint or not. */
export async function leavesOf(db: Queryable, epoch: number): Promise<number> {
  const found = await oneRow<{ leaves: number }>(
    db,
    'select coalesce(max(position) + 1, 0) as leaves from sealed_rows where epoch = $1',
    [epoch],
  );
  return found.leaves;
}

/** Hashes of a tree from place `from` on, up to `count` of them: of leaves (level 0), or of complete subtrees (8, 16, …). */
export async function storedHashes(
  db: Queryable,
  { epoch, level, from, count }: { epoch: number; level: number; from: number; count: number },
): Promise<Buffer[]> {
  const [table, place] = level === 0 ? ['sealed_rows', 'position'] : ['seal_tiles', 'index'];
  const { hashes } = await oneRow<{ hashes: Buffer }>(
    db,
    `select coalesce(string_agg(hash, '' order by ${place}), '') as hashes from ${table}
     where epoch = $1 and ($2 = 0 or ${level === 0 ? 0 : 'level'} = $2) and ${place} >= $3 and ${place} < $4`,
    [epoch, level, from, from + count],
  );
  return eachHash(hashes);
}

/** Cuts hashes that come one after the other. */
export function eachHash(hashes: Buffer): Buffer[] {
  return Array.from({ length: hashes.length / 32 }, (_, place) => hashes.subarray(place * 32, place * 32 + 32));
}

/**
 * Lists the rows that are not sealed, for `nextUnsealed`: those that were written by transactions from `from` on, up to the
 * oldest that still runs, in the order of their transactions; without `from` all that there are. Returns that oldest one: below
 * it nothing will be written any more (decision 16). The list outlives the transaction, and is of this session alone.
 */
export async function listUnsealed(tx: Transaction, from: number | null): Promise<number> {
  const { horizon } = await oneRow<{ horizon: number }>(
    tx,
    'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon',
  );
  await rows(
    tx,
    `declare unsealed no scroll cursor with hold for
     select table_name as "table", row_key as key from unsealed_rows($1::bigint, $2::bigint)
     order by xact_id, table_name collate "C", row_key collate "C"`,
    from === null ? [null, null] : [from, horizon],
  );
  return horizon;
}

/**
 * The oldest transaction that still runs and has written, where rows that later ones have committed wait for it to be sealed; `null`
 * where none wait.
 */
export async function sealingWaitsFor(db: Queryable): Promise<number | null> {
  const found = await row<{ horizon: number }>(
    db,
    `select horizon from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon) as oldest
     where exists (select from unsealed_rows(horizon, null))`,
  );
  return found && found.horizon;
}

export async function nextUnsealed(tx: Transaction, count: number): Promise<RecordRow[]> {
  return rows<RecordRow>(tx, `fetch ${count} from unsealed`);
}

/** Seals rows at the end of the tree, and returns the hashes of those that were not sealed yet, and where the first one stands. */
export async function sealRows(
  tx: Transaction,
  epoch: number,
  sealed: readonly RecordRow[],
): Promise<{ first: number; hashes: Buffer[] }> {
  const { first, hashes } = await oneRow<{ first: number; hashes: Buffer }>(
    tx,
    'select first_position as first, hashes from seal_rows($1, $2, $3)',
    [epoch, sealed.map(({ table }) => table), sealed.map(({ key }) => key)],
  );
  return { first, hashes: eachHash(hashes) };
}

/** Moves what no checkpoint of an earlier epoch covers to the end of the tree of the newest one. Returns as `sealRows` does. */
export async function reseatRows(tx: Transaction, epoch: number): Promise<{ first: number; hashes: Buffer[] }> {
  const { first, hashes } = await oneRow<{ first: number; hashes: Buffer }>(
    tx,
    'select first_position as first, hashes from reseat_rows($1)',
    [epoch],
  );
  return { first, hashes: eachHash(hashes) };
}

/** Complete subtrees, for `storedHashes`. */
export async function insertTiles(
  tx: Transaction,
  epoch: number,
  tiles: readonly { readonly level: number; readonly index: number; readonly hash: Buffer }[],
): Promise<void> {
  await rows(
    tx,
    `insert into seal_tiles (epoch, level, index, hash)
     select $1, level, index, hash from unnest($2::smallint[], $3::bigint[], $4::bytea[]) as given(level, index, hash)`,
    [epoch, tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hash }) => hash)],
  );
}

/** A public key that checkpoints were signed with, and the signature by which the one before it named it. */
export interface RecordedSealKey {
  readonly id: string;
  readonly publicKey: Buffer;
  readonly recordedAt: Temporal.Instant;
  readonly previous: string | null;
  readonly signature: Buffer | null;
}

/** All keys that checkpoints were signed with, from the first to that of now. */
export async function sealKeys(db: Queryable): Promise<RecordedSealKey[]> {
  return rows<RecordedSealKey>(
    db,
    `with recursive chain as (
       select 1 as place, k.* from seal_keys k where previous is null
       union all select c.place + 1, k.* from chain c join seal_keys k on k.previous = c.id
     )
     select id, public_key as "publicKey", recorded_at as "recordedAt", previous, signature from chain order by place`,
  );
}

export async function insertSealKey(db: Queryable, key: RecordedSealKey): Promise<void> {
  const { id, publicKey, recordedAt, previous, signature } = key;
  await rows(
    db,
    'insert into seal_keys (id, public_key, recorded_at, previous, signature) values ($1, $2, $3, $4, $5)',
    [id, publicKey, recordedAt, previous, signature],
  );
}

/** Checkpoints, the newest first, after the one at a place of `epoch.size`. */
export async function listCheckpoints(
  db: Queryable,
  { after, limit }: { after: { epoch: number; size: number } | null; limit: number },
): Promise<Checkpoint[]> {
  return rows<Checkpoint>(
    db,
    `${CHECKPOINT} where $1::integer is null or (c.epoch, c.size) < ($1, $2)
     order by c.epoch desc, c.size desc limit $3`,
    [after?.epoch ?? null, after?.size ?? null, limit],
  );
}
