import { allEnded } from '../concurrency/all-ended.ts';
import type { AnnouncedChange, Change } from '../domain/change.ts';
import { CHANGE_COLUMNS, toAnnounced, toChange, type AnnouncedRow, type ChangeRow } from './change-row.ts';
import { rows, type Transaction } from './postgres.ts';

/**
 * - `shared` with other transactions that want the same.
 * - `alone`.
 * - `against-mail`: alone, and no mail is put on record either (`guard_mail`), which every other mode lets pass.
 */
type LockMode = 'shared' | 'alone' | 'against-mail';

const ADVISORY_LOCK = {
  shared: 'pg_advisory_xact_lock_shared',
  alone: 'pg_advisory_xact_lock',
  'against-mail': 'pg_advisory_xact_lock',
};
const ROW_LOCK = { shared: 'share', alone: 'no key update', 'against-mail': 'update' };

/**
 * Locks changes to the end of the transaction, in the order of their ids, so that no two transactions wait for each other.
 *
 * Row locks are not fair: whoever shares one joins those that hold it, ahead of everybody who waits to hold it alone. While
 * outcomes are recorded without a pause, an objection would wait for hours. Advisory locks are granted in the order in which
 * they were asked for, so each transaction takes the advisory lock of a change before the lock of its row.
 */
async function lockChanges<Row extends ChangeRow>(
  tx: Transaction,
  which: string,
  parameter: string | readonly string[],
  mode: LockMode,
): Promise<Row[]> {
  // Both are sent at once, so the second costs no round trip.
  const [, locked] = await allEnded([
    rows(
      tx,
      `select ${ADVISORY_LOCK[mode]}(uuid_hash_extended(id, 0))
       from (select id from changes where ${which} order by id) as in_order`,
      [parameter],
    ),
    rows<Row>(tx, `select ${CHANGE_COLUMNS} from changes c where ${which} order by id for ${ROW_LOCK[mode]}`, [
      parameter,
    ]),
  ]);
  return locked;
}

/**
 * The change, locked alone (D22), or `null`. Lock first and look second: read what depends on the lock in a later statement,
 * because a statement that waits for a lock goes on with the snapshot that it took before.
 */
export async function lockChange(tx: Transaction, id: string): Promise<Change | null> {
  const [locked] = await lockChanges(tx, 'id = $1', id, 'alone');
  return locked ? toChange(locked) : null;
}

/** As `lockChange`, for an activation: of it and a mail that comes in at the same time, one is first (D22). */
export async function lockChangeAgainstMail(tx: Transaction, id: string): Promise<Change | null> {
  const [locked] = await lockChanges(tx, 'id = $1', id, 'against-mail');
  return locked ? toChange(locked) : null;
}

/**
 * Locks changes, so that none ends while outcomes of its messages are recorded, and returns them as they are then. Take them
 * `shared`, so that many processes record at once, or `alone` where an event will be written: of two that share a lock and
 * both want it alone, each waits for the other.
 */
export async function lockAgainstEnding(
  tx: Transaction,
  ids: readonly string[],
  mode: 'shared' | 'alone',
): Promise<Change[]> {
  return (await lockChanges(tx, 'id = any($1)', ids, mode)).map(toChange);
}

/**
 * The announced changes of these products that controllers are told of, locked alone. Without those that are held: who joins,
 * leaves or gets other contacts meanwhile is found when the hold ends (D33). The caller holds `lockProductsToJoin`: none is
 * announced, and no hold ends, meanwhile.
 */
export async function lockAnnouncedChanges(tx: Transaction, products: readonly string[]): Promise<AnnouncedChange[]> {
  const which = `product_id = any($1) and status = 'announced' and told_since is not null`;
  return (await lockChanges<AnnouncedRow>(tx, which, products, 'alone')).map(toAnnounced);
}
