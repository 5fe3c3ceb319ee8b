import type { AnnouncedChange, Change } from '../domain/change.ts';
import { toAnnounced, toChange, type AnnouncedRow, type ChangeRow } from './changes.ts';
import { row, rows, type Transaction } from './postgres.ts';

/**
 * Locks changes in the order of their ids, so that no two transactions wait for each other. Whoever shares a row lock joins
 * those that hold it, past everybody who waits to have it alone: while outcomes are recorded without a pause, for hours. So
 * each takes its turn first, and turns come in the order in which they were asked for.
 */
function locking(which: string, mode: 'share' | 'update'): string {
  const turn = mode === 'share' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `select * from changes where ${which}
    and (select count(${turn}(uuid_hash_extended(id, 0)))
      from (select id from changes where ${which} order by id) asked) > 0
    order by id for ${mode}`;
}

/**
 * The change, its row locked to the end of the transaction (D22). Lock first and look second: what depends on the lock is
 * read in a later statement, because one that does both reads a snapshot taken before it waited.
 */
export async function lockChange(tx: Transaction, id: string): Promise<Change | null> {
  const found = await row<ChangeRow>(tx, locking('id = $1', 'update'), [id]);
  return found && toChange(found);
}

/**
 * Locks changes against being ended while outcomes of their messages are recorded: shared, so that many workers record at
 * once, or alone where an event is going to be written (two sharers that both want more wait for each other). Returns them
 * as they stand once they are locked.
 */
export async function lockAgainstEnding(
  tx: Transaction,
  ids: readonly string[],
  mode: 'shared' | 'alone',
): Promise<Change[]> {
  const sql = locking('id = any($1)', mode === 'shared' ? 'share' : 'update');
  return (await rows<ChangeRow>(tx, sql, [ids])).map(toChange);
}

/** The announced changes of these products, locked. */
export async function lockAnnouncedChanges(tx: Transaction, products: readonly string[]): Promise<AnnouncedChange[]> {
  const sql = locking(`product_id = any($1) and status = 'announced'`, 'update');
  return (await rows<AnnouncedRow>(tx, sql, [products])).map(toAnnounced);
}
