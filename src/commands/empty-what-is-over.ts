import { lockHolds } from '../db/legal-holds.ts';
import type { Transaction } from '../db/postgres.ts';
import { deleteRows, dueRows, emptyRows, insertErasure, tryLockRetention, type ReadableRows } from '../db/retention.ts';
import { SYSTEM } from '../domain/author.ts';

/** What became of a part of a table. */
export interface EmptiedPart {
  /** Where the next part begins; `null` at the end of the table. */
  readonly last: readonly string[] | null;
  readonly emptied: number;
}

/**
 * Empties the rows of the next part of a table whose time has ended (D51), with one erasure on record for them. Rows that are no
 * record are deleted. `null`, and nothing is done, while another process is at it.
 */
export async function emptyWhatIsOver(
  tx: Transaction,
  kept: ReadableRows,
  now: Temporal.Instant,
  after: readonly string[] | null,
): Promise<EmptiedPart | null> {
  if (!(await tryLockRetention(tx))) return null;
  await lockHolds(tx);
  const { last, found } = await dueRows(tx, kept, now, after);
  if (found.length > 0 && kept.isDeleted) await deleteRows(tx, kept.table, found);
  else if (found.length > 0) {
    const erasure = await insertErasure(tx, 'retention', found.length, { at: now, actor: SYSTEM });
    await emptyRows(tx, erasure, kept.table, found);
  }
  return { last, emptied: found.length };
}
